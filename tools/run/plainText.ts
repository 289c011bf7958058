// Tests compare what programs say without colours, wherever they are started: a colour terminal, a pipe, or CI with FORCE_COLOR. Node warns
// on stderr when both variables are set, so the one that forces colours goes. Before the tests' own imports, which look at them once.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';

#!/usr/bin/env node
import { interruptSignal } from './interrupt.js';
import { loadProgram } from './loadProgram.js';
import { reportError, type Terminal } from './reportError.js';
import { keepYoungGenerationSmall } from './youngGeneration.js';

keepYoungGenerationSmall();

// A reader that goes away (gimbal … | head) is not a failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stderr.isTTY === true,
};

const signal = interruptSignal();
const code = await loadProgram().then(
  ({ runProgram }) => runProgram(process.argv.slice(2), terminal, signal),
  (error) => reportError(error, terminal, process.argv.includes('--json')),
);
await new Promise<void>((flushed) => process.stdout.write('', () => process.stderr.write('', () => flushed())));
// Not process.exitCode alone: a plug-in that hangs must not keep the process alive.
process.exit(code);

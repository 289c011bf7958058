import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** All that a stranger has on the PATH. */
const PROGRAMS = ['node', 'npm', 'npx', 'sh'];

/**
 * Somebody who has Node and nothing else: an empty folder, an empty home, a registry, and a PATH with Node, npm and a shell.
 * `run` says what it runs and what that said, and throws when it ends other than it must: with 0, or in failure with `fails`, having
 * said every one of `says` and made the file `makes`.
 */
export function createStranger(folder, registry) {
  const bin = path.join(folder, '.bin');
  const home = path.join(folder, '.home');
  for (const place of [bin, home]) mkdirSync(place, { recursive: true });
  for (const program of PROGRAMS) symlinkSync(realpathSync(whereIs(program)), path.join(bin, program));
  const env = {
    PATH: bin,
    HOME: home,
    NO_COLOR: '1',
    npm_config_registry: registry,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    // Our packages have no install scripts; those of others fetch more from elsewhere, and npm 12 runs none of them either.
    npm_config_ignore_scripts: 'true',
  };

  function run(line, { fails = false, says = [], makes, silent = false } = {}) {
    const [program, ...args] = line.split(' ');
    if (!silent) console.log(`$ ${line}`);
    const { stdout, stderr, status, error } = spawnSync(path.join(bin, program), args, {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    if (error) throw error;
    if (!silent) process.stdout.write(stdout + stderr);
    const wrong = [];
    if ((status !== 0) !== fails) wrong.push(`ended with ${status}`);
    for (const words of [says].flat()) if (!(stdout + stderr).includes(words)) wrong.push(`did not say "${words}"`);
    if (makes !== undefined && !existsSync(path.join(folder, makes))) wrong.push(`did not make ${makes}`);
    if (wrong.length > 0) throw new Error(`"${line}" ${wrong.join(', ')}.`);
    return stdout;
  }

  /** Throws when one of these programs can be found. */
  function expectNo(programs) {
    for (const program of programs) {
      const { status } = spawnSync(path.join(bin, 'sh'), ['-c', `command -v ${program}`], { env });
      if (status === 0) throw new Error(`${program} is on the PATH of the trial.`);
    }
    console.log(`Not on the PATH: ${programs.join(', ')}`);
  }

  return { folder, run, expectNo };
}

function whereIs(program) {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}

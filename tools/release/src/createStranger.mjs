import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** All that a stranger has on the PATH. */
const PROGRAMS = ['node', 'sh'];

/** The programs of npm, and where they lie in its package. */
const NPM = { npm: 'bin/npm-cli.js', npx: 'bin/npx-cli.js' };

/**
 * Somebody who has Node and nothing else: an empty folder, an empty home, a registry, and a PATH with Node, npm and a shell. Install scripts
 * run, as they do by default.
 * `run` says what it runs and what that said, and throws when it ends other than it must: with 0, or in failure with `fails`, having
 * said every one of `says` and made the file `makes`.
 *
 * @param npm The folder of npm's own package, of the version that is used.
 */
export function createStranger(folder, registry, npm) {
  const bin = path.join(folder, '.bin');
  const home = path.join(folder, '.home');
  for (const place of [bin, home]) mkdirSync(place, { recursive: true });
  for (const program of PROGRAMS) symlinkSync(realpathSync(whereIs(program)), path.join(bin, program));
  for (const [program, file] of Object.entries(NPM)) symlinkSync(path.join(npm, file), path.join(bin, program));
  const env = {
    PATH: bin,
    HOME: home,
    NO_COLOR: '1',
    npm_config_registry: registry,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_ignore_scripts: 'false',
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

  /** Says how many packages were installed and how large they are; throws when one has a script that npm runs at install. */
  function tellInstalled() {
    const modules = path.join(folder, 'node_modules');
    const { packages } = JSON.parse(readFileSync(path.join(modules, '.package-lock.json'), 'utf8'));
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    if (scripted.length > 0) throw new Error(`Install scripts in ${scripted.map(([place]) => place).join(', ')}.`);
    const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
    console.log(`${Object.keys(packages).length} packages, ${(bytes / 1e6).toFixed(0)} MB, no install script`);
  }

  return { folder, run, expectNo, tellInstalled };
}

function whereIs(program) {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}

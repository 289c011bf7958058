import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { BuildProgress } from './buildProgress.mjs';
import { neededProjects } from './neededProjects.mjs';
import { root, runTool } from './stage.mjs';

/** Whose compiled parts only `gimbal mosaic` and `gimbal interpolate` need: a fifth of the time that a first build takes. */
export const LATER = ['@gimbal/assignment', '@gimbal/interpolate', '@gimbal/mosaic'];

/**
 * Builds the named projects and what they stand on through nx, without type declarations, which running them does not need, and says how
 * far it is unless it is done at once (about two seconds when nothing changed). Ends this process, saying why, when it fails.
 * @param options.uncompiled Projects whose compiled parts are left for later.
 */
export async function buildProjects(projects, { types = false, uncompiled = [] } = {}) {
  if (!existsSync(path.join(root, 'node_modules/nx'))) {
    console.error('The dependencies are not installed. Run `npm ci` in the repository first.');
    process.exit(1);
  }
  const progress = new BuildProgress(process.stderr);
  const run = (targets) =>
    runTool('nx', ['run-many', ...targets, '--output-style=stream'], {
      quiet: true,
      env: types ? {} : { GIMBAL_TYPES: 'off' },
      onOutput: (text) => progress.take(text),
    });
  let code = 0;
  for (const targets of runs(projects, uncompiled)) code ||= await run(targets);
  progress.end();
  if (code === 0) return;
  if (spawnSync('cmake', ['--version']).error) {
    console.error('The build needs CMake 3.24 or newer and a C++20 compiler; `cmake` was not found on the PATH.');
  }
  console.error('The build failed; its output is above.');
  process.exit(code);
}

/** What nx is asked for: all at once, or first the parts to be compiled and then everything, which needs no order without types. */
function runs(projects, uncompiled) {
  if (uncompiled.length === 0) return [['-t', 'build', '-p', projects.join(',')]];
  const needed = neededProjects(projects);
  const compiled = needed.filter(({ name, scripts }) => 'build:native' in scripts && !uncompiled.includes(name));
  const names = (list) => list.map(({ name }) => name).join(',');
  return [
    ['-t', 'build:native', '-p', names(compiled)],
    ['-t', 'build', '-p', names(needed), '--excludeTaskDependencies'],
  ];
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { BuildProgress } from './buildProgress.mjs';
import { root, runTool } from './stage.mjs';

/**
 * Builds the named projects and what they stand on through nx, without type declarations, which running them does not need, and says how
 * far it is unless it is done at once (about two seconds when nothing changed). Ends this process, saying why, when it fails.
 */
export async function buildProjects(projects, { types = false } = {}) {
  if (!existsSync(path.join(root, 'node_modules/nx'))) {
    console.error('The dependencies are not installed. Run `npm ci` in the repository first.');
    process.exit(1);
  }
  const progress = new BuildProgress(process.stderr);
  const code = await runTool('nx', ['run-many', '-t', 'build', '-p', projects.join(','), '--output-style=stream'], {
    quiet: true,
    env: types ? {} : { GIMBAL_TYPES: 'off' },
    onOutput: (text) => progress.take(text),
  });
  progress.end();
  if (code === 0) return;
  if (spawnSync('cmake', ['--version']).error) {
    console.error('The build needs CMake 3.24 or newer and a C++20 compiler; `cmake` was not found on the PATH.');
  }
  console.error('The build failed; its output is above.');
  process.exit(code);
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, runTool } from './stage.mjs';

/**
 * Builds the named projects and what they stand on through nx, silently when all goes well (about two seconds when nothing
 * changed). Ends this process, saying why, when it does not.
 */
export async function buildProjects(projects) {
  if (!existsSync(path.join(root, 'node_modules/nx'))) {
    console.error('The dependencies are not installed. Run `npm ci` in the repository first.');
    process.exit(1);
  }
  const notice = setTimeout(() => console.error('Building (the first time takes a minute or two) …'), 3000);
  const code = await runTool('nx', ['run-many', '-t', 'build', '-p', projects.join(','), '--output-style=static'], {
    quiet: true,
  });
  clearTimeout(notice);
  if (code === 0) return;
  if (spawnSync('cmake', ['--version']).error) {
    console.error('The build needs CMake 3.24 or newer and a C++20 compiler; `cmake` was not found on the PATH.');
  }
  console.error('The build failed; its output is above.');
  process.exit(code);
}

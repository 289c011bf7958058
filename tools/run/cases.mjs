// `npm run cases -- [part of a file's name]`: builds the program, then runs the cases. See tools/cases/README.md.
import path from 'node:path';
import { buildProjects } from './buildProjects.mjs';
import { root, runTool } from './stage.mjs';

await buildProjects(['@gimbal/cli']);
const config = path.join(root, 'tools/cases/cases.config.ts');
process.exitCode = await runTool('vitest', ['run', '--config', config, ...process.argv.slice(2)]);

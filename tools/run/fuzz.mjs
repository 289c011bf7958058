// `npm run fuzz -- [options]`: builds the program, then stabilizes damaged files with it. See tools/cases/fuzz.mjs.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProjects } from './buildProjects.mjs';
import { root } from './stage.mjs';

await buildProjects(['@gimbal/cli', '@gimbal/fixtures']);
await import(pathToFileURL(path.join(root, 'tools/cases/fuzz.mjs')).href);

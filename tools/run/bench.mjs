// `npm run bench -- <name> [options]`: builds what is measured, then runs the benchmark. See tools/bench/README.md.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProjects } from './buildProjects.mjs';
import { root } from './stage.mjs';

await buildProjects(['@gimbal/cli', '@gimbal/bench']);
await import(pathToFileURL(path.join(root, 'tools/bench/dist/main.js')).href);

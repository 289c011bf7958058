// A process of fuzz.mjs: runs the built program's commands one after the other, which spares its start.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = path.resolve(import.meta.dirname, '../../packages/cli/dist');
const chunk = readdirSync(dist).find((name) => /^program-\w+\.js$/.test(name));
if (chunk === undefined) throw new Error(`no program in ${dist}: build @gimbal/cli first`);
const { runProgram } = await import(pathToFileURL(path.join(dist, chunk)).href);

process.on('message', async (args) => {
  let messages = '';
  const terminal = { out: () => {}, err: (text) => (messages += text), live: false };
  const exit = await runProgram(args, terminal, new AbortController().signal);
  process.send({ exit, messages });
});
process.on('disconnect', () => process.exit(0));

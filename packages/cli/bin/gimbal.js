#!/usr/bin/env node
// The command, or what it lacks. Checked in, so that npm links it in a checkout before anything is built: there, what a command needs and is
// not built yet is built first. Plain enough for old versions of Node.
import { existsSync } from 'node:fs';

const OLDEST = [20, 19];
const place = (name) => new URL(name, import.meta.url);
const program = place('../dist/main.js');
const inCheckout = existsSync(place('../../../packages/cli/bin/gimbal.js'));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  fail(`Gimbal needs Node ${OLDEST.join('.')} or newer; this is ${process.version}.`);
} else {
  const missing = inCheckout ? unbuilt() : [];
  if (missing.length > 0) {
    const { buildProjects, MOSAIC } = await import(place('../../../tools/run/buildProjects.mjs').href);
    await buildProjects(missing, missing.includes('@gimbal/mosaic') ? {} : { uncompiled: MOSAIC });
  }
  if (existsSync(program)) await import(program.href);
  else fail('Gimbal is not complete: dist/main.js is missing. Install it again.');
}

/** The program, and the learned estimator and the mosaic where they are asked for. */
function unbuilt() {
  const mosaic = process.argv.some((argument) => argument === 'mosaic' || argument === 'tiles');
  const learned = process.argv.some((argument) => /(?:^|[,=])ihn(?:[,:]|$)/.test(argument));
  return [
    ...(existsSync(program) ? [] : ['@gimbal/cli']),
    ...(mosaic && !existsSync(place('../../mosaic/build/Release/gimbal_mosaic.node')) ? ['@gimbal/mosaic'] : []),
    ...(learned && !existsSync(place('../../ihn/dist/index.js')) ? ['@gimbal/ihn'] : []),
  ];
}

function fail(message) {
  const code = 'GIMBAL_E_ADDON';
  process.exitCode = 6;
  process.stderr.write(`error: ${message} (${code})\n`);
  if (!process.argv.includes('--json')) return;
  process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, exitCode: process.exitCode } })}\n`);
}

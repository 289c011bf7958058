#!/usr/bin/env node
// The command, or what it lacks. Checked in, so that npm links it in a checkout before anything is built: there, what a command needs and is
// not built yet is built first. Plain enough for old versions of Node.
import { existsSync } from 'node:fs';

const OLDEST = [20, 19];
const place = (name) => new URL(name, import.meta.url);
const program = place('../dist/main.js');
const inCheckout = existsSync(place('../../../packages/cli/bin/gimbal.js'));
const asked = inCheckout ? askedFor() : [];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  fail(`Gimbal needs Node ${OLDEST.join('.')} or newer; this is ${process.version}.`);
} else {
  const missing = inCheckout ? unbuilt() : [];
  if (missing.length > 0) {
    const { buildProjects, LATER } = await import(place('../../../tools/run/buildProjects.mjs').href);
    await buildProjects(missing, { uncompiled: LATER.filter((name) => !asked.includes(name)) });
  }
  if (existsSync(program)) await import(program.href);
  else fail('Gimbal is not complete: dist/main.js is missing. Install it again.');
}

/** The program, and what of the rest is asked for. */
function unbuilt() {
  return [...(existsSync(program) ? [] : ['@gimbal/cli']), ...asked.filter((name) => !isBuilt(name))];
}

/** The learned estimator, and what only one command needs. The network of `interpolate` runs on the learned estimator's ONNX Runtime. */
function askedFor() {
  const says = (words) => process.argv.some((argument) => words.test(argument));
  return [
    ...(says(/(?:^|[,=])ihn(?:[,:]|$)|^interpolate$/) ? ['@gimbal/ihn'] : []),
    ...(says(/^(?:mosaic|tiles)$/) ? ['@gimbal/assignment', '@gimbal/mosaic'] : []),
    ...(says(/^interpolate$/) ? ['@gimbal/interpolate'] : []),
  ];
}

function isBuilt(name) {
  const folder = name.slice('@gimbal/'.length);
  return existsSync(place(`../../${folder}/build/Release`)) && existsSync(place(`../../${folder}/dist/index.js`));
}

function fail(message) {
  const code = 'GIMBAL_E_ADDON';
  process.exitCode = 6;
  process.stderr.write(`error: ${message} (${code})\n`);
  if (!process.argv.includes('--json')) return;
  process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, exitCode: process.exitCode } })}\n`);
}

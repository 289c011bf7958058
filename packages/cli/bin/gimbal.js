#!/usr/bin/env node
// The command, or what it lacks. Checked in, so that npm links it in a checkout before anything is built; plain enough for old versions of Node.
import { existsSync } from 'node:fs';

const OLDEST = [20, 19];
const program = new URL('../dist/main.js', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  fail(`Gimbal needs Node ${OLDEST.join('.')} or newer; this is ${process.version}.`);
} else if (existsSync(program)) {
  await import(program.href);
} else {
  fail('Gimbal is not built yet. Run "npm run build" in the repository; it needs CMake and a C++ compiler.');
}

function fail(message) {
  const code = 'GIMBAL_E_ADDON';
  process.exitCode = 6;
  process.stderr.write(`error: ${message} (${code})\n`);
  if (!process.argv.includes('--json')) return;
  process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, exitCode: process.exitCode } })}\n`);
}

#!/usr/bin/env node
import { EXIT_CODES } from './exitCodes.js';
import { interruptSignal } from './interrupt.js';
import { loadProgram } from './loadProgram.js';
import { reportError } from './reportError.js';
import { standardStreams } from './standardStreams.js';
import { keepYoungGenerationSmall } from './youngGeneration.js';

keepYoungGenerationSmall();

const terminal = standardStreams();
const signal = interruptSignal();
const json = process.argv.includes('--json');
const code = await loadProgram().then(
  ({ runProgram }) => runProgram(process.argv.slice(2), terminal, signal),
  (error) => reportError(error, terminal, json),
);
const unwritten = await terminal.flushed().then(
  () => EXIT_CODES.ok,
  (error) => reportError(error, terminal, false),
);
// Not process.exitCode alone: a plug-in that hangs must not keep the process alive.
process.exit(code === EXIT_CODES.ok ? unwritten : code);

#!/usr/bin/env node
import { reportError } from './output/reportError.js';
import { EXIT_CODES } from './program/exitCodes.js';
import { interruptSignal } from './program/interrupt.js';
import { loadProgram } from './program/loadProgram.js';
import { standardStreams } from './program/standardStreams.js';
import { keepYoungGenerationSmall } from './program/youngGeneration.js';

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

// The program `gimbal`: its commands, and how a run ends.
import { GimbalError } from '@gimbal/core';
import { STANDARD_STREAM } from '@gimbal/video';
import { Command, CommanderError } from 'commander';
import { addBenchmark } from '../commands/benchmark.js';
import { addCompletion } from '../commands/completion.js';
import { addEstimators } from '../commands/estimators.js';
import { addEvaluate } from '../commands/evaluate.js';
import { addInfo } from '../commands/info.js';
import { addInterpolate } from '../commands/interpolate.js';
import { addMosaic } from '../commands/mosaic.js';
import { addStabilize } from '../commands/stabilize.js';
import { addTiles } from '../commands/tiles.js';
import { reportError, type Terminal } from '../output/reportError.js';
import { packageVersion } from '../packageVersion.js';
import type { CommandContext } from './commandContext.js';
import { EXIT_CODE_HELP, EXIT_CODES, type ExitCode } from './exitCodes.js';

const EXAMPLES = `
Examples:
  gimbal stabilize shaky.mp4 steady.mp4
  gimbal stabilize shaky.mp4 steady.mp4 --strength 0.9 --max-crop 20%
  gimbal evaluate shaky.mp4 steady.mp4
  gimbal benchmark clips --estimators classical,phase
  gimbal interpolate clip.mp4 slow.mp4 --slow 4
  gimbal mosaic film.mp4 mosaic.mp4 --tiles photos
  gimbal info

Run "gimbal <command> --help" for the options of a command.
`;

/** Wide enough for an option and its sentence, also where the output is a file. */
const HELP_WIDTH = 130;

function buildProgram(context: CommandContext): Command {
  const program = new Command('gimbal')
    .description('Makes shaky video steady.')
    .version(packageVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? HELP_WIDTH, HELP_WIDTH),
      writeOut: context.terminal.out,
      writeErr: () => undefined,
      outputError: () => undefined,
    })
    .addHelpText('after', EXAMPLES + EXIT_CODE_HELP);
  addStabilize(program, context);
  addEvaluate(program, context);
  addBenchmark(program, context);
  addInterpolate(program, context);
  addMosaic(program, context);
  addTiles(program, context);
  addInfo(program, context);
  addEstimators(program, context);
  addCompletion(program, context);
  return program;
}

/** Commands that write a clip. */
const WRITERS = ['stabilize', 'mosaic', 'interpolate'];

/** Runs one command line (without the program's own name) and says how the process is to end. Never throws. */
export async function runProgram(args: readonly string[], own: Terminal, signal: AbortSignal): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODES.ok;
  // A clip may be meant to go there, even where the rest of the command line is wrong.
  let reserved = WRITERS.includes(args[0]) && args.indexOf(STANDARD_STREAM, 2) > 0;
  const terminal: Terminal = { ...own, out: (text) => (reserved ? own.err(text) : own.out(text)) };
  const json = args.includes('--json');
  const program = buildProgram({
    terminal,
    signal,
    reserveStdout: () => {
      reserved = true;
    },
    exitWith: (code) => {
      exitCode = code;
    },
  });
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.ok;
      return reportError(usageError(error), terminal, json);
    }
    return reportError(error, terminal, json);
  }
}

function usageError(error: CommanderError): GimbalError {
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${message.replace(/([^.?)])$/, '$1.')} See gimbal --help.`, {
    cause: error,
  });
}

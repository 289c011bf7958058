// `gimbal stabilize`: steadies a clip, or several.
import { GimbalError } from '@gimbal/core';
import { isBatch, planBatch, type StabilizeFileResult, stabilizeFile, stabilizeFiles } from '@gimbal/pipeline';
import { STANDARD_STREAM } from '@gimbal/video';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { batchEnd, failureLine, failureOf, outcomeLine } from '../output/batchText.js';
import {
  createJsonProgress,
  createProgressReporter,
  PROGRESS_KINDS,
  type ProgressKind,
  type ProgressReporter,
} from '../output/progressReporter.js';
import type { Terminal } from '../output/reportError.js';
import { detailsText, explanationText, summaryText } from '../output/runText.js';
import type { StabilizeReport } from '../output/stabilizeReport.js';
import type { CommandContext } from '../program/commandContext.js';
import { EXIT_CODE_HELP, EXIT_CODES, type ExitCode } from '../program/exitCodes.js';
import { addSettings, readFlags } from '../settings/parseFlags.js';
import { readConfig } from '../settings/readConfig.js';
import { mergeSettings, type Settings } from '../settings/settings.js';

const HELP = `
Settings may also be kept in gimbal.config.ts, .js, .mjs or .json in the working directory, under the option's name in camel case
(--max-crop is maxCrop); the command line wins, and --no-compare, --no-evaluate and the like switch off what the file switches on.
The output keeps audio, subtitles, chapters and time stamps of the input.

Examples:
  gimbal stabilize shaky.mp4 steady.mp4
  gimbal stabilize shaky.mp4 steady.mp4 --strength 0.9 --max-crop 20%     steadier, at the price of more crop
  gimbal stabilize shaky.mp4 steady.mp4 --evaluate --verbose              measured on the decoded pictures, all figures
  gimbal stabilize shaky.mp4 steady.mkv --codec h265 --crf 20             another container and codec
  gimbal stabilize shaky.mp4 pair.mp4 --compare                           original left, steady right
  gimbal stabilize shaky.mp4 steady.mp4 --start 1:23.5 --end 2:10         a part of it, with its sound
  gimbal stabilize a.mp4 b.mp4 --export-motion a.json                     keep the analysis ...
  gimbal stabilize a.mp4 c.mp4 --motion a.json --smoother gaussian        ... and try another smoother at once
  gimbal stabilize a.mp4 b.mp4 --estimator ./my-estimator.js              a plug-in of your own
  gimbal stabilize a.mp4 b.mov holiday/ steady/                           several clips, or a folder of them, into a folder
  gimbal stabilize - - --format mpegts < shaky.ts | mpv -                 through pipes; the summary goes to stderr
`;

interface StabilizeOptions extends Record<string, unknown> {
  readonly motion?: string;
  readonly exportMotion?: string;
  readonly exportTrajectory?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly progress?: ProgressKind;
  readonly verbose?: boolean;
  readonly explain?: boolean;
}

export function addStabilize(program: Command, context: CommandContext): void {
  const { terminal, reserveStdout } = context;
  const command = program
    .command('stabilize')
    .description('Make a shaky clip steady.')
    .argument(
      '<input>',
      'the shaky clip: anything that FFmpeg decodes; - is standard input. Several of them, or a folder',
    )
    .argument(
      '<output...>',
      'the steady clip to write: .mp4, .mov, .mkv, .webm, .ts or .nut; - is standard output. Of several clips: a folder',
    )
    .usage('[options] <input...> <output>');
  addSettings(command)
    .option('--motion <file>', 'reuse the analysis that --export-motion wrote')
    .option('--export-motion <file>', 'write the measured motion as JSON')
    .option('--export-trajectory <path>', 'write the camera path: NAME.json, or a folder for a COLMAP text model')
    .option('--config <file>', 'config file to use instead of gimbal.config.*')
    .option('--json', 'print the result as JSON on stdout')
    .addOption(
      new Option('--progress <kind>', 'on stderr: text, json (one object a line, for programs), none').choices(
        PROGRESS_KINDS,
      ),
    )
    .option('-v, --verbose', 'everything that is known of the run, not only jitter, picture kept, borders and time')
    .option('--explain', 'also say in which frames the motion is a best guess, what was answered there, and why')
    .option('-q, --quiet', 'no progress and no summary; errors and warnings only')
    .addHelpText('after', HELP + EXIT_CODE_HELP)
    .action(async (first: string, more: readonly string[], options: StabilizeOptions) => {
      const inputs = [first, ...more.slice(0, -1)];
      const output = more[more.length - 1];
      if (output === STANDARD_STREAM) reserveStdout();
      const flags = readFlags(options);
      if (flags.tripod === true && flags.smoother !== undefined) {
        throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', '--tripod is a smoother of its own; leave out --smoother.');
      }
      const settings = mergeSettings(flags, await readConfig(options.config));
      const progress =
        options.progress === 'json'
          ? createJsonProgress(terminal)
          : createProgressReporter(terminal, options.quiet === true || options.progress === 'none');
      const run = { settings, options, progress, context };
      try {
        if (await isBatch(inputs, output)) await stabilizeSeveral(inputs, output, run);
        else await stabilizeOne(first, output, run);
      } finally {
        progress.clear();
      }
    });
}

/** What a command line comes to. */
interface Run {
  readonly settings: Settings;
  readonly options: StabilizeOptions;
  readonly progress: ProgressReporter;
  readonly context: CommandContext;
}

async function stabilizeOne(
  input: string,
  output: string,
  { settings, options, progress, context }: Run,
): Promise<void> {
  const { terminal, signal, exitWith } = context;
  const { motion, exportMotion, exportTrajectory } = options;
  const { allowTruncated, ...job } = settings;
  const files = { motion, exportMotion, exportTrajectory };
  const result = await stabilizeFile(input, output, { ...job, ...files, signal, onProgress: progress.update });
  progress.clear();
  const report = reportOf(result, allowTruncated);
  tellMessages(report, options, terminal);
  if (options.json === true) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  else if (options.quiet !== true) {
    terminal.out(options.verbose === true ? detailsText(report) : summaryText(report));
    if (options.explain === true) terminal.out(explanationText(report));
  }
  tellTruncation(report, terminal);
  exitWith(report.exitCode);
}

/** Several clips, each with a line of its own; one that fails does not stop the others. */
async function stabilizeSeveral(
  inputs: readonly string[],
  folder: string,
  { settings, options, progress, context }: Run,
): Promise<void> {
  const { terminal, signal, exitWith } = context;
  const { json = false, quiet = false } = options;
  for (const [name, flag] of Object.entries(OF_ONE_CLIP)) {
    if (options[name as keyof typeof OF_ONE_CLIP] === undefined) continue;
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${flag} belongs to one clip; leave it out, or name one input.`);
  }
  const { allowTruncated, ...job } = settings;
  const plan = await planBatch(inputs, folder, { format: settings.format, signal });
  const reports: object[] = [];
  let failed = 0;
  let exitCode: ExitCode = EXIT_CODES.ok;
  await stabilizeFiles(plan, {
    ...job,
    signal,
    onProgress: progress.update,
    onClip: (input, index) => {
      progress.clear();
      if (options.progress === 'json') {
        terminal.err(`${JSON.stringify({ clip: input, index, clips: plan.clips.length })}\n`);
      } else if (!quiet && options.progress !== 'none')
        terminal.err(`${index + 1} of ${plan.clips.length}: ${input}\n`);
    },
    onOutcome: (outcome) => {
      progress.clear();
      const { input, output, result, error } = outcome;
      if (result === undefined) {
        failed++;
        exitCode = EXIT_CODES.partial;
        reports.push({ ok: false, input, output, error: failureOf(error) });
        if (!json) (quiet ? terminal.err : terminal.out)(failureLine(outcome));
        return;
      }
      const report = reportOf(result, allowTruncated);
      if (exitCode === EXIT_CODES.ok) ({ exitCode } = report);
      reports.push(report);
      tellMessages(report, options, terminal, `${input}: `);
      if (json || quiet) return;
      terminal.out(options.verbose === true ? detailsText(report) : outcomeLine(report));
      if (options.explain === true) terminal.out(explanationText(report));
    },
  });
  if (json) {
    const head = { ok: exitCode === EXIT_CODES.ok, exitCode };
    terminal.out(`${JSON.stringify({ ...head, clips: reports, skipped: plan.skipped }, null, 2)}\n`);
  } else if (!quiet) terminal.out(batchEnd(plan, failed));
  exitWith(exitCode);
}

const OF_ONE_CLIP = {
  motion: '--motion',
  exportMotion: '--export-motion',
  exportTrajectory: '--export-trajectory',
} as const;

function reportOf({ summary, warnings, evaluation }: StabilizeFileResult, allowTruncated: boolean): StabilizeReport {
  const damaged = warnings.some(({ code }) => code === 'truncated' || code === 'corrupt');
  const exitCode = damaged && !allowTruncated ? EXIT_CODES.truncated : EXIT_CODES.ok;
  return { ok: exitCode === EXIT_CODES.ok, exitCode, ...summary, ...(evaluation !== undefined && { evaluation }) };
}

function tellMessages(
  { warnings, notes }: StabilizeReport,
  { quiet }: StabilizeOptions,
  terminal: Terminal,
  of = '',
): void {
  for (const { message } of warnings) terminal.err(`${pc.yellow('warning:')} ${of}${message}\n`);
  if (quiet !== true) for (const note of notes) terminal.err(`${pc.cyan('note:')} ${of}${note}\n`);
}

function tellTruncation({ exitCode, output }: StabilizeReport, terminal: Terminal): void {
  if (exitCode !== EXIT_CODES.truncated) return;
  terminal.err(
    `${pc.yellow('warning:')} ${output} holds what could be decoded; --allow-truncated makes that a success.\n`,
  );
}

import { GimbalError } from '@gimbal/core';
import { stabilizeFile } from '@gimbal/pipeline';
import { STANDARD_STREAM } from '@gimbal/video';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import {
  createJsonProgress,
  createProgressReporter,
  PROGRESS_KINDS,
  type ProgressKind,
} from '../output/progressReporter.js';
import { detailsText, explanationText, summaryText } from '../output/runText.js';
import type { StabilizeReport } from '../output/stabilizeReport.js';
import type { CommandContext } from '../program/commandContext.js';
import { EXIT_CODE_HELP, EXIT_CODES } from '../program/exitCodes.js';
import { addSettings, readFlags } from '../settings/parseFlags.js';
import { readConfig } from '../settings/readConfig.js';
import { mergeSettings } from '../settings/settings.js';

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
  gimbal stabilize - - --format mpegts < shaky.ts | mpv -                 through pipes; the summary goes to stderr
`;

interface FileOptions {
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
  const { terminal, signal, reserveStdout, exitWith } = context;
  const command = program
    .command('stabilize')
    .description('Make a shaky clip steady.')
    .argument('<input>', 'the shaky clip: anything that FFmpeg decodes; - is standard input')
    .argument('<output>', 'the steady clip to write: .mp4, .mov, .mkv, .webm, .ts or .nut; - is standard output');
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
    .action(async (input: string, output: string, options: FileOptions & Record<string, unknown>) => {
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
      const { motion, exportMotion, exportTrajectory } = options;
      try {
        const { allowTruncated, ...job } = settings;
        const { summary, warnings, evaluation } = await stabilizeFile(input, output, {
          ...job,
          motion,
          exportMotion,
          exportTrajectory,
          signal,
          onProgress: progress.update,
        });
        progress.clear();
        for (const warning of warnings) terminal.err(`${pc.yellow('warning:')} ${warning.message}\n`);
        if (options.quiet !== true) for (const note of summary.notes) terminal.err(`${pc.cyan('note:')} ${note}\n`);
        const damaged = warnings.some(({ code }) => code === 'truncated' || code === 'corrupt');
        const exitCode = damaged && !allowTruncated ? EXIT_CODES.truncated : EXIT_CODES.ok;
        const report: StabilizeReport = {
          ok: exitCode === EXIT_CODES.ok,
          exitCode,
          ...summary,
          ...(evaluation !== undefined && { evaluation }),
        };
        if (options.json === true) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
        else if (options.quiet !== true) {
          terminal.out(options.verbose === true ? detailsText(report) : summaryText(report));
          if (options.explain === true) terminal.out(explanationText(report));
        }
        if (exitCode === EXIT_CODES.truncated) {
          terminal.err(
            `${pc.yellow('warning:')} ${output} holds what could be decoded; --allow-truncated makes that a success.\n`,
          );
        }
        exitWith(exitCode);
      } finally {
        progress.clear();
      }
    });
}

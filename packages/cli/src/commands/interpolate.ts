import { GimbalError } from '@gimbal/core';
import { type InterpolateSummary, interpolateFile } from '@gimbal/pipeline';
import { STANDARD_STREAM } from '@gimbal/video';
import type { Command } from 'commander';
import pc from 'picocolors';
import { interpolateText } from '../output/interpolateText.js';
import { createProgressReporter } from '../output/progressReporter.js';
import type { CommandContext } from '../program/commandContext.js';
import { EXIT_CODE_HELP, EXIT_CODES } from '../program/exitCodes.js';
import { parseFlag } from '../settings/parseFlag.js';
import { addSettings, readFlags } from '../settings/parseFlags.js';
import type { SettingName } from '../settings/settings.js';
import { integer, number } from '../settings/valueKind.js';

const HELP = `
Frames are made after the camera's motion is taken out, by a small network where ONNX Runtime is installed (npm install @gimbal/ihn), by the
camera's motion alone otherwise. Shots are never mixed: at a cut the nearest frame is shown again. At the clip's own speed the output keeps
audio, subtitles and chapters; with --slow it has the picture alone.

Examples:
  gimbal interpolate in.mp4 out.mp4 --fps 60                  60 frames a second, at times k/60
  gimbal interpolate in.mp4 out.mp4 --fps 60000/1001
  gimbal interpolate in.mp4 out.mp4 --factor 2                a frame between every two, whatever their distance
  gimbal interpolate in.mp4 slow.mp4 --slow 4                 four times slower, as smooth as before
  gimbal interpolate in.mp4 slow.mp4 --slow 4 --fps 60
  gimbal interpolate phone.mp4 out.mp4 --cfr                  a varying frame rate becomes a constant one
  gimbal interpolate in.mp4 out.mp4 --repair                  repeated frames give way to what was between
`;

const SHARED = [
  'device',
  'threads',
  'stream',
  'start',
  'end',
  'deinterlace',
  'format',
  'codec',
  'pixelFormat',
  'crf',
  'preset',
  'overwrite',
  'allowTruncated',
] as const satisfies readonly SettingName[];

interface Options extends Record<string, unknown> {
  readonly fps?: string;
  readonly factor?: string;
  readonly slow?: string;
  readonly cfr?: boolean;
  readonly repair?: boolean;
  readonly interpolator?: string;
  readonly confidence?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What `gimbal interpolate --json` prints. */
interface InterpolateReport extends InterpolateSummary {
  readonly ok: boolean;
  readonly exitCode: number;
}

export function addInterpolate(program: Command, context: CommandContext): void {
  const { terminal, signal, exitWith, reserveStdout } = context;
  const command = program
    .command('interpolate')
    .description('Make frames that were never filmed: slow motion, another frame rate, repair.')
    .argument('<input>', 'the clip: anything that FFmpeg decodes; - is standard input')
    .argument('<output>', 'the file to write: .mp4, .mov, .mkv, .webm, .ts or .nut; - is standard output')
    .option('--fps <rate>', 'frames a second of the output: 60, 60000/1001, 59.94')
    .option('--factor <n>', 'frames for each of the clip: 2 puts one between every two')
    .option('--slow <n>', 'how many times slower the output plays')
    .option('--cfr', "a constant frame rate: the clip's own, unless --fps names one")
    .option('--repair', 'leave out frames that repeat the one before, and make what was between')
    .option('--interpolator <name>', 'auto, lite (a network), camera (no network) (default: auto)')
    .option('--confidence <0..1>', 'least confidence of a made frame; below it simpler ways are taken (default: 0.5)');
  addSettings(command, SHARED)
    .option('--json', 'print the result as JSON on stdout')
    .option('-q, --quiet', 'no progress and no summary; errors and warnings only')
    .addHelpText('after', HELP + EXIT_CODE_HELP)
    .action(async (input: string, output: string, options: Options) => {
      if (output === STANDARD_STREAM) reserveStdout();
      const { allowTruncated = false, ...shared } = readFlags(options, SHARED);
      const { fps, cfr, repair, interpolator } = options;
      const factor = parseFlag('--factor', options.factor, integer(1, 64));
      const slow = parseFlag('--slow', options.slow, number(0.1, 100));
      const confidence = parseFlag('--confidence', options.confidence, number(0, 1));
      if ([fps, factor, slow, cfr, repair].every((one) => one === undefined)) {
        throw new GimbalError(
          'GIMBAL_E_INVALID_ARGUMENT',
          'Say what is to be made: --fps, --factor, --slow, --cfr or --repair. See gimbal interpolate --help.',
        );
      }
      const progress = createProgressReporter(terminal, options.quiet === true);
      try {
        const asked = { fps, factor, slow, cfr, repair, interpolator, confidence };
        const summary = await interpolateFile(input, output, {
          ...shared,
          ...asked,
          signal,
          onProgress: progress.update,
        });
        progress.clear();
        const warn = (message: string): void => terminal.err(`${pc.yellow('warning:')} ${message}\n`);
        for (const { message } of summary.warnings) warn(message);
        if (options.quiet !== true) for (const note of summary.notes) terminal.err(`${pc.cyan('note:')} ${note}\n`);
        const damaged = summary.warnings.some(({ code }) => code === 'truncated' || code === 'corrupt');
        const exitCode = damaged && !allowTruncated ? EXIT_CODES.truncated : EXIT_CODES.ok;
        const report: InterpolateReport = { ok: exitCode === EXIT_CODES.ok, exitCode, ...summary };
        if (options.json === true) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
        else if (options.quiet !== true) terminal.out(interpolateText(summary));
        if (exitCode === EXIT_CODES.truncated) {
          warn(`${output} holds what could be decoded; --allow-truncated makes that a success.`);
        }
        exitWith(exitCode);
      } finally {
        progress.clear();
      }
    });
}

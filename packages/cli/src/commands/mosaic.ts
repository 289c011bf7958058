// `gimbal mosaic`: makes a clip out of tiles.
import { MOSAIC_PRESETS, type MosaicLook, TILE_VARIANTS } from '@gimbal/mosaic';
import { type MosaicSettings, type MosaicSummary, mosaicRun, mosaicSummary } from '@gimbal/pipeline/parts';
import { STANDARD_STREAM } from '@gimbal/video';
import type { Command } from 'commander';
import pc from 'picocolors';
import { mosaicTable } from '../output/mosaicTable.js';
import { createProgressReporter } from '../output/progressReporter.js';
import type { CommandContext } from '../program/commandContext.js';
import { EXIT_CODE_HELP, EXIT_CODES } from '../program/exitCodes.js';
import { parseFlag } from '../settings/parseFlag.js';
import { addSettings, readFlags } from '../settings/parseFlags.js';
import type { SettingName } from '../settings/settings.js';
import { choice, integer, number, type ValueKind } from '../settings/valueKind.js';

const HELP = `
Every cell of the picture shows the tile that suits it best, each tile once, and keeps it unless another is better by more than one can see.
The output keeps audio, subtitles, chapters and time stamps of the input. Photographs stay on this machine: what was read of a folder is
kept in the folder itself (.gimbal-tiles). Every border of a cell is an edge: expect files of several times the input's size, or raise --crf.

Examples:
  gimbal mosaic in.mp4 out.mp4                                       tiles that Gimbal draws: to see what it is
  gimbal mosaic in.mp4 out.mp4 --tiles photos                        of the pictures in a folder
  gimbal mosaic in.mp4 out.mp4 --tiles photos --variants all --grid 120x68
  gimbal mosaic in.mp4 out.mp4 --tiles photos --reuse 4              a tile may fill four cells: fewer photographs do
  gimbal mosaic in.mp4 out.mp4 --tiles photos --carry                tiles travel with the camera
  gimbal tiles build photos --variants all                           reads the pictures beforehand
`;

/** Settings that `stabilize` has too. */
const SHARED = [
  'codec',
  'crf',
  'preset',
  'threads',
  'device',
  'overwrite',
  'allowTruncated',
] as const satisfies readonly SettingName[];

const NUMBERS: Readonly<
  Record<keyof MosaicLook, readonly [flag: string, description: string, kind: ValueKind<number>]>
> = {
  reuse: ['--reuse <n>', 'cells that one tile may fill at a time', integer(1, 1_000_000)],
  stay: [
    '--stay <n>',
    'how much better another tile must be; 0.02 is two just noticeable steps of colour',
    number(0, 10),
  ],
  fade: ['--fade <frames>', 'frames over which a tile gives way; 0 is at once', integer(0, 250)],
  correct: ['--correct <0..1>', "how far a tile's colour is moved towards its cell's", number(0, 1)],
  veil: ['--veil <0..1>', 'how much of the film shows through', number(0, 1)],
  saturation: ['--saturation <n>', 'of the tiles', number(0, 4)],
  detail: ['--detail <n>', 'parts a side of a cell that are compared: 1 sees colour, 5 drawing', integer(1, 5)],
  gap: [
    '--gap <share>',
    'how far the total distance may be from the least possible; 0 asks for the least',
    number(0, 0.5),
  ],
};

const PRESETS = Object.keys(MOSAIC_PRESETS) as (keyof typeof MOSAIC_PRESETS)[];

interface Options extends Record<string, unknown> {
  readonly tiles?: string;
  readonly cost?: string;
  readonly carry?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What `gimbal mosaic --json` prints. */
interface MosaicReport extends MosaicSummary {
  readonly ok: boolean;
  readonly exitCode: number;
}

export function addMosaic(program: Command, context: CommandContext): void {
  const { terminal, signal, exitWith, reserveStdout } = context;
  const command = program
    .command('mosaic')
    .description('Make a film of photographs.')
    .argument('<input>', 'the film: anything that FFmpeg decodes; - is standard input')
    .argument('<output>', 'the mosaic to write: .mp4, .mov or .mkv; - is standard output')
    .option('--tiles <folder>', 'whose pictures the mosaic is made of (default: tiles that Gimbal draws)')
    .option('--variants <which>', `what more each picture gives: ${TILE_VARIANTS.join(', ')} (default: none)`)
    .option('--grid <COLSxROWS>', 'cells across and down (default: about 2304 squares)')
    .option('--look <preset>', `${PRESETS.join(', ')} (default: natural)`)
    .option('--carry', 'tiles travel with the camera, in whole cells')
    .option('--cost <path>', 'a module that compares cells and tiles in its own way')
    .option('--seed <n>', 'of the tiles that Gimbal draws');
  for (const [name, [flag, description]] of Object.entries(NUMBERS)) {
    command.option(flag, `${description} (default: ${MOSAIC_PRESETS.natural[name as keyof MosaicLook]})`);
  }
  addSettings(command, SHARED)
    .option('--json', 'print the result as JSON on stdout')
    .option('-q, --quiet', 'no progress and no table; errors and warnings only')
    .addHelpText('after', HELP + EXIT_CODE_HELP)
    .action(async (input: string, output: string, options: Options) => {
      if (output === STANDARD_STREAM) reserveStdout();
      const { allowTruncated = false, preset: encoderPreset, ...shared } = readFlags(options, SHARED);
      const settings: MosaicSettings = {
        ...lookOf(options),
        tiles: options.tiles,
        cost: options.cost,
        carry: options.carry,
        variants: parseFlag('--variants', options.variants, choice(TILE_VARIANTS)),
        grid: parseFlag('--grid', options.grid, GRID),
        preset: parseFlag('--look', options.look, choice(PRESETS)),
        seed: parseFlag('--seed', options.seed, integer(0, 2 ** 32 - 1)),
        codec: shared.codec,
        crf: shared.crf,
        threads: shared.threads,
        device: shared.device ?? 'auto',
        overwrite: shared.overwrite,
        encoderPreset,
      };
      const progress = createProgressReporter(terminal, options.quiet === true);
      try {
        const run = await mosaicRun({ input, output }, settings, progress.update, signal);
        progress.clear();
        const warn = (message: string): void => terminal.err(`${pc.yellow('warning:')} ${message}\n`);
        for (const { message } of run.warnings) warn(message);
        for (const { file, reason } of run.tiles.skipped) warn(`no tile of ${file}: ${reason}`);
        if (options.quiet !== true) for (const note of run.notes) terminal.err(`${pc.cyan('note:')} ${note}\n`);
        const damaged = run.warnings.some(({ code }) => code === 'truncated' || code === 'corrupt');
        const exitCode = damaged && !allowTruncated ? EXIT_CODES.truncated : EXIT_CODES.ok;
        const summary = mosaicSummary(run);
        const report: MosaicReport = { ok: exitCode === EXIT_CODES.ok, exitCode, ...summary };
        if (options.json === true) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
        else if (options.quiet !== true) terminal.out(mosaicTable(summary));
        if (exitCode === EXIT_CODES.truncated) {
          warn(`${output} holds what could be decoded; --allow-truncated makes that a success.`);
        }
        exitWith(exitCode);
      } finally {
        progress.clear();
      }
    });
}

const GRID: ValueKind<{ readonly cols: number; readonly rows: number }> = {
  expected: 'cells across and down, such as 64x36',
  parse(raw) {
    const match = /^(\d{1,5})[x×](\d{1,5})$/.exec(String(raw));
    return match === null ? undefined : { cols: Number(match[1]), rows: Number(match[2]) };
  },
};

function lookOf(options: Options): Partial<MosaicLook> {
  const look: Partial<Record<keyof MosaicLook, number>> = {};
  for (const [name, [flag, , kind]] of Object.entries(NUMBERS)) {
    const value = parseFlag(flag.split(' ')[0], options[name], kind);
    if (value !== undefined) look[name as keyof MosaicLook] = value;
  }
  return look;
}

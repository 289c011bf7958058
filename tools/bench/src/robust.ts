import { rmSync } from 'node:fs';
import { smootherNames } from '@gimbal/smoothers';
import { type Clip, sharedClips } from './clips.js';
import { evaluatePair, type Figures, figures, shown, stabilizeFile } from './gimbal.js';
import { type BenchOptions, inParallel } from './options.js';
import { workFile } from './places.js';
import { type Verdict, writeResults } from './results.js';
import { motionOf } from './steadyPair.js';
import { printTable } from './table.js';

interface Row {
  readonly clip: string;
  readonly smoother: string;
  /** Absent when the run failed. */
  readonly figures?: Figures;
  /** Share of the *original's* frames with a black border: what the output may have too. */
  readonly borderShareOriginal?: number;
  readonly failure?: string;
  readonly problems: readonly string[];
}

/** Every clip × every smoother: no collapsed crop, no visible border, no clip shakier than it came. */
export async function robust(options: BenchOptions): Promise<Verdict[]> {
  const clips = sharedClips(options.clips);
  if (clips.length === 0) return [];
  const smoothers = smootherNames.filter((name: string) => name !== 'tripod');
  const rows = (await inParallel(options.jobs, clips, (clip) => oneClip(clip, smoothers, options))).flat();
  const bad = rows.filter((row) => row.problems.length > 0);
  printTable(
    ['clip', 'smoother', 'cropping', 'jitter in', 'jitter out', 'stability in', 'stability out', 'border', 'problems'],
    rows.map(({ clip, smoother, figures: f, problems }) =>
      f
        ? [
            clip,
            smoother,
            f.cropping,
            shown(f.jitterIn),
            shown(f.jitter),
            shown(f.stabilityIn),
            shown(f.stability),
            f.borderShare,
            problems.join('; '),
          ]
        : [clip, smoother, '–', '–', '–', '–', '–', '–', problems.join('; ')],
    ),
  );
  const verdicts = [
    {
      figure: 'robust: runs without collapsed crop, visible border, added jitter or failure',
      target: `${rows.length} of ${rows.length}`,
      measured: `${rows.length - bad.length} of ${rows.length}`,
      reached: bad.length === 0,
    },
  ];
  writeResults('robust', verdicts, { smoothers, rows }, options);
  return verdicts;
}

async function oneClip(clip: Clip, smoothers: readonly string[], options: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  let motion: string;
  try {
    motion = await motionOf(clip, options);
  } catch (error) {
    return smoothers.map((smoother) => failed(clip, smoother, error));
  }
  let borderShareOriginal: number | undefined;
  for (const smoother of smoothers) {
    const output = workFile('robust', `${clip.file}.${smoother}.mkv`);
    try {
      await stabilizeFile(clip.path, output, [
        '--motion',
        motion,
        '--smoother',
        smoother,
        '--preset',
        'veryfast',
        '--crf',
        '16',
        ...options.extra,
      ]);
      const measured = figures(await evaluatePair(clip.path, output));
      if (measured.borderShare > 0) {
        borderShareOriginal ??= (await evaluatePair(clip.path, clip.path)).borders.frameShare;
      }
      rows.push({
        clip: clip.file,
        smoother,
        figures: measured,
        ...(borderShareOriginal !== undefined && { borderShareOriginal }),
        problems: problemsOf(measured, borderShareOriginal ?? 0),
      });
    } catch (error) {
      rows.push(failed(clip, smoother, error));
    }
    rmSync(output, { force: true });
  }
  console.error(`robust: ${clip.file}${rows.some((row) => row.problems.length > 0) ? ' (problems)' : ''}`);
  return rows;
}

function failed(clip: Clip, smoother: string, error: unknown): Row {
  const failure = error instanceof Error ? error.message : String(error);
  return { clip: clip.file, smoother, failure, problems: [`failed: ${failure.split('\n').at(-1)}`] };
}

/** What a run of this clip must not show. */
export function problemsOf(f: Figures, borderShareOriginal: number): string[] {
  const problems: string[] = [];
  if (!(f.cropping >= 0.5)) problems.push('collapsed crop');
  if (f.borderShare > borderShareOriginal) problems.push('visible border');
  if (f.jitterIn !== null && !((f.jitter ?? Number.POSITIVE_INFINITY) <= f.jitterIn)) problems.push('jitter rose');
  return problems;
}

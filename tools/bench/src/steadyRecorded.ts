import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Clip } from './clips.js';
import { type Figures, shown } from './gimbal.js';
import { type BenchOptions, inParallel } from './options.js';
import { shared } from './places.js';
import { type Verdict, writeResults } from './results.js';
import { median } from './spread.js';
import { motionOf, ourRun } from './steadyPair.js';
import { printTable } from './table.js';

/** The default crop budget of vid.stab 1.3's L1-optimal path. */
const BUDGET = 0.15;

/** One clip of `peers.json`. */
interface Recorded {
  readonly cropping: number;
  readonly stability: number;
  readonly jitter_median_input: number;
  readonly jitter_median: number;
}

interface Row {
  readonly clip: string;
  readonly theirs: Recorded;
  readonly ours: Figures;
}

/**
 * Against the recorded figures of vid.stab 1.3 (L1-optimal) at its crop budget. They were measured by another referee (OpenCV), so
 * each jitter is also put in proportion to the input's jitter as the same referee saw it.
 */
export async function againstRecorded(clips: readonly Clip[], options: BenchOptions): Promise<Verdict[]> {
  const file = path.join(shared, 'data/peers.json');
  if (!existsSync(file)) {
    console.log(`skipped the recorded figures of vid.stab 1.3: no ${file}`);
    return [];
  }
  const peers: { clips: Record<string, { L1: Recorded | null }> } = JSON.parse(readFileSync(file, 'utf8'));
  const failures: string[] = [];
  const rows = (
    await inParallel(options.jobs, clips, async (clip): Promise<Row[]> => {
      const theirs = peers.clips[clip.file]?.L1;
      if (!theirs) return [];
      try {
        const motion = await motionOf(clip, { ...options, reuse: true });
        return [{ clip: clip.file, theirs, ours: await ourRun(clip, motion, BUDGET, options) }];
      } catch (error) {
        failures.push(`${clip.file}: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    })
  ).flat();
  const ratios = rows.map(({ ours, theirs }) => (ours.jitter ?? Number.NaN) / theirs.jitter_median);
  const relative = rows.map(
    ({ ours, theirs }) =>
      (ours.jitter ?? Number.NaN) / (ours.jitterIn ?? Number.NaN) / (theirs.jitter_median / theirs.jitter_median_input),
  );
  printTable(
    ['clip', 'crop 1.3', 'ours', 'jitter in 1.3', 'in ours', '1.3', 'ours', 'ratio', 'of input', 'stab. 1.3', 'ours'],
    rows.map(({ clip, theirs, ours }, i) => [
      clip,
      theirs.cropping,
      ours.cropping,
      theirs.jitter_median_input,
      ...[
        ours.jitterIn,
        theirs.jitter_median,
        ours.jitter,
        ratios[i],
        relative[i],
        theirs.stability,
        ours.stability,
      ].map(shown),
    ]),
  );
  for (const failure of failures) console.log(`FAILED ${failure}`);
  if (rows.length === 0) return [];
  const wins = ratios.filter((value) => value < 1).length;
  const relativeWins = relative.filter((value) => value < 1).length;
  const of = (values: number[]) => median(values.filter(Number.isFinite)).toFixed(3);
  const ours = median(rows.map((row) => row.ours.stability).filter((value) => value !== null));
  const theirs = median(rows.map((row) => row.theirs.stability).filter(Number.isFinite));
  const needed = Math.ceil((26 / 31) * (rows.length + failures.length));
  const verdicts = [
    {
      figure: 'vid.stab 1.3 (recorded): clips with lower jitter',
      target: `≥ ${needed} of ${rows.length + failures.length}`,
      measured: `${wins} (${relativeWins} in proportion to the input)`,
      reached: wins >= needed,
    },
    {
      figure: 'vid.stab 1.3 (recorded): median jitter ratio',
      target: '≤ 0.8',
      measured: `${of(ratios)} (${of(relative)} in proportion to the input)`,
      reached: Number(of(ratios)) <= 0.8,
    },
    {
      figure: 'vid.stab 1.3 (recorded): median stability (bundled-min)',
      target: `> ${theirs.toFixed(4)} (theirs)`,
      measured: ours.toFixed(4),
      reached: ours > theirs,
    },
  ];
  writeResults('steady-recorded', verdicts, { rows, failures });
  return verdicts;
}

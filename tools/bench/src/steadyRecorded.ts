import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Clip } from './clips.js';
import { type Figures, shown } from './gimbal.js';
import { type BenchOptions, inParallel } from './options.js';
import { shared } from './places.js';
import { type Verdict, writeResults } from './results.js';
import { median } from './spread.js';
import { motionOf, ourFairRun } from './steadyPair.js';
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
  /** At the same budget. */
  readonly ours: Figures;
  /** At an equal or better measured cropping ratio. */
  readonly fair: Figures;
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
        const { first, fair } = await ourFairRun(clip, motion, BUDGET, theirs.cropping, options);
        console.error(`steady-recorded: ${clip.file}`);
        return [{ clip: clip.file, theirs, ours: first, fair }];
      } catch (error) {
        failures.push(`${clip.file}: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    })
  ).flat();
  const over = (jitter: number | null, theirs: number) => (jitter ?? Number.NaN) / theirs;
  const ratios = rows.map(({ ours, theirs }) => over(ours.jitter, theirs.jitter_median));
  const fair = rows.map((row) => over(row.fair.jitter, row.theirs.jitter_median));
  const relative = rows.map(({ ours, theirs }, i) => ratios[i] / over(ours.jitterIn, theirs.jitter_median_input));
  printTable(
    [
      'clip',
      'crop 1.3',
      'ours',
      'fair',
      'jitter in 1.3',
      'in ours',
      '1.3',
      'ours',
      'ratio',
      'fair',
      'of input',
      'stab. 1.3',
      'ours',
    ],
    rows.map(({ clip, theirs, ours, fair: { cropping } }, i) => [
      clip,
      theirs.cropping,
      ours.cropping,
      cropping,
      theirs.jitter_median_input,
      ...[ours.jitterIn, theirs.jitter_median, ours.jitter, ratios[i], fair[i], relative[i]].map(shown),
      ...[theirs.stability, ours.stability].map(shown),
    ]),
  );
  for (const failure of failures) console.log(`FAILED ${failure}`);
  if (rows.length === 0) return [];
  const wins = (values: readonly number[]) => values.filter((value) => value < 1).length;
  const of = (values: readonly number[]) => median(values.filter(Number.isFinite));
  const both = rows.filter(({ ours, theirs }) => ours.stability !== null && Number.isFinite(theirs.stability));
  const all = rows.length + failures.length;
  const needed = Math.ceil((26 / 31) * all);
  const inWords = (text: (values: readonly number[]) => string) =>
    `${text(ratios)} (at equal or better cropping ${text(fair)}; in proportion to the input ${text(relative)})`;
  const verdicts: Verdict[] = [
    {
      figure: 'vid.stab 1.3 (recorded), 15 % budget: clips with lower jitter',
      target: `≥ ${needed} of ${all}`,
      measured: inWords((values) => String(wins(values))),
      reached: wins(ratios) >= needed,
    },
    {
      figure: 'vid.stab 1.3 (recorded), 15 % budget: median jitter ratio',
      target: '≤ 0.8',
      measured: inWords((values) => of(values).toFixed(3)),
      reached: of(ratios) <= 0.8,
    },
  ];
  if (both.length > 0) {
    const ours = median(both.map((row) => row.ours.stability as number));
    const theirs = median(both.map((row) => row.theirs.stability));
    verdicts.push({
      figure: `vid.stab 1.3 (recorded), 15 % budget: median stability (bundled-min), ${both.length} clips where both have one`,
      target: `> ${theirs.toFixed(4)} (theirs)`,
      measured: ours.toFixed(4),
      reached: ours > theirs,
    });
  }
  writeResults('steady-recorded', verdicts, { rows, failures }, options);
  return verdicts;
}

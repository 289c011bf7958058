import { sharedClips } from './clips.js';
import { vidstabProblem } from './environment.js';
import { shown } from './gimbal.js';
import { type BenchOptions, inParallel } from './options.js';
import { type Verdict, writeResults } from './results.js';
import { median } from './spread.js';
import { type SteadyPair, steadyPair } from './steadyPair.js';
import { againstRecorded } from './steadyRecorded.js';
import { printTable } from './table.js';

interface Failure {
  readonly clip: string;
  readonly failure: string;
}

/** Against vid.stab at an equal or better cropping ratio, per clip and in sum; then against recorded figures of vid.stab 1.3. */
export async function steady(options: BenchOptions): Promise<Verdict[]> {
  const clips = sharedClips(options.clips);
  if (clips.length === 0) return [];
  const verdicts: Verdict[] = [];
  const problem = vidstabProblem();
  if (problem !== undefined) console.log(`skipped the runs against vid.stab: ${problem}`);
  else {
    const answers = await inParallel(options.jobs, clips, async (clip): Promise<SteadyPair | Failure> => {
      try {
        const pair = await steadyPair(clip, options);
        console.error(`steady: ${clip.file} ours/theirs ${shown(ratio(pair))}`);
        return pair;
      } catch (error) {
        return { clip: clip.file, failure: error instanceof Error ? error.message : String(error) };
      }
    });
    verdicts.push(...judge(answers));
    writeResults('steady', verdicts, { rows: answers }, options);
  }
  verdicts.push(...(await againstRecorded(clips, options)));
  return verdicts;
}

/** Our output's jitter over theirs. */
function ratio({ ours, theirs }: SteadyPair): number | null {
  return ours.jitter === null || theirs.jitter === null ? null : ours.jitter / theirs.jitter;
}

function judge(answers: readonly (SteadyPair | Failure)[]): Verdict[] {
  const pairs = answers.filter((answer) => 'ours' in answer);
  const failures = answers.filter((answer) => 'failure' in answer);
  printTable(
    [
      'clip',
      'crop theirs',
      'ours',
      'jitter in',
      'theirs',
      'ours',
      'ratio',
      'rms theirs',
      'ours',
      'stab. in',
      'theirs',
      'ours',
      'dist. p5 theirs',
      'ours',
    ],
    pairs.map((pair) => {
      const { clip, theirs, ours } = pair;
      return [
        clip,
        theirs.cropping,
        ours.cropping,
        ...[theirs.jitterIn, theirs.jitter, ours.jitter, ratio(pair), theirs.jitterRms, ours.jitterRms].map(shown),
        ...[theirs.stabilityIn, theirs.stability, ours.stability].map(shown),
        theirs.distortionP5,
        ours.distortionP5,
      ];
    }),
  );
  for (const { clip, failure } of failures) console.log(`${clip}: FAILED: ${failure}`);
  if (pairs.length === 0) return [];
  const all = answers.length;
  // A clip counts as won only at an equal or better cropping ratio (half a permille is the referee's own noise).
  const fair = pairs.filter(({ ours, theirs }) => ours.cropping >= theirs.cropping - 5e-4);
  const wins = fair.filter((pair) => (ratio(pair) ?? 2) < 1).length;
  const needed = Math.ceil((26 / 31) * all);
  const ratios = pairs.map(ratio).filter((value) => value !== null);
  const both = pairs.filter(({ ours, theirs }) => ours.stability !== null && theirs.stability !== null);
  const of = (who: 'ours' | 'theirs') => median(both.map((pair) => pair[who].stability as number));
  const worst = Math.min(...pairs.map(({ ours, theirs }) => ours.distortionP5 - theirs.distortionP5));
  return [
    {
      figure: 'steady: clips at an equal or better cropping ratio',
      target: `${all}`,
      measured: `${fair.length}`,
      reached: fair.length === all,
    },
    {
      figure: 'steady: clips with lower jitter there',
      target: `≥ ${needed} of ${all}`,
      measured: `${wins}`,
      reached: wins >= needed,
    },
    {
      figure: 'steady: median jitter ratio ours/theirs',
      target: '≤ 0.8',
      measured: median(ratios).toFixed(3),
      reached: median(ratios) <= 0.8,
    },
    ...(both.length === 0
      ? []
      : [
          {
            figure: `steady: median stability (bundled-min), ${both.length} clips where both have one`,
            target: `> ${of('theirs').toFixed(4)} (theirs)`,
            measured: of('ours').toFixed(4),
            reached: of('ours') > of('theirs'),
          },
        ]),
    {
      figure: 'steady: worst distortion (p5) against theirs',
      target: '≥ −0.02',
      measured: worst.toFixed(4),
      reached: worst >= -0.02,
    },
  ];
}

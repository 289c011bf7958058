import { shown } from '../gimbal.js';
import { printTable } from '../table.js';
import type { Unfinished } from './judgeClip.js';
import { type JudgedClip, jitterOf, REFEREES, ratioOf, type Summary } from './judgedClips.js';

/** Prints jitter and ratios per clip and referee, what it comes to, and what failed. */
export function printReferees(
  clips: readonly JudgedClip[],
  estimators: readonly string[],
  summary: readonly Summary[],
  failures: readonly Unfinished[],
): void {
  const [base, ...others] = estimators;
  printTable(
    [
      'clip',
      ...REFEREES.flatMap((referee) => [
        ...estimators.map((estimator) => `${referee}: ${estimator}`),
        ...others.map((estimator) => (others.length === 1 ? 'ratio' : `${estimator} ratio`)),
      ]),
      'pairs',
      ...REFEREES.map((referee) => `lost by ${referee}`),
    ],
    clips.map((clip) => [
      clip.clip,
      ...REFEREES.flatMap((referee) => [
        ...estimators.map((estimator) => shown(jitterOf(clip, estimator, referee))),
        ...others.map((estimator) => shown(ratioOf(clip, estimator, base, referee))),
      ]),
      clip.pairs,
      ...REFEREES.map((referee) => clip.outputs.map(({ lost }) => lost[referee]).join(' ')),
    ]),
  );
  console.log();
  printTable(
    ['referee', 'estimator', 'clips', `of ${base}'s: median`, 'geometric mean', 'wins', 'losses'],
    summary.map(({ referee, estimator, clips: count, median, mean, wins, losses }) => [
      referee,
      estimator,
      count,
      median.toFixed(3),
      mean.toFixed(3),
      wins,
      losses,
    ]),
  );
  for (const { clip, estimator, failure } of failures) console.log(`FAILED ${clip}, ${estimator}: ${failure}`);
  console.log();
}

import { median } from '../spread.js';

/** The referee of `gimbal evaluate`, and the two of OpenCV. */
export const REFEREES = ['evaluate', 'sift', 'flow'] as const;
export type Referee = (typeof REFEREES)[number];

/** Corner jitter of one output, px at 640 wide; `null` where a referee could not measure any. */
export interface OutputJitter {
  readonly estimator: string;
  readonly jitter: Readonly<Record<Referee, number | null>>;
  /** Pairs that a referee lost in this output. */
  readonly lost: Readonly<Record<Referee, number>>;
}

/** All outputs made of one clip; those of estimators that failed on it are missing. */
export interface JudgedClip {
  readonly clip: string;
  readonly pairs: number;
  readonly outputs: readonly OutputJitter[];
}

/** What one referee says of one estimator over all clips that it could measure for both. */
export interface Summary {
  readonly referee: Referee;
  readonly estimator: string;
  readonly clips: number;
  /** Jitter over that of the first estimator: median and geometric mean over clips. */
  readonly median: number;
  readonly mean: number;
  readonly wins: number;
  readonly losses: number;
}

/** As in `gimbal benchmark`: a smaller difference is a draw. */
const MARGIN = { share: 0.02, amount: 0.005 };

/** One estimator's jitter over another's, by one referee; `null` where either is missing or nothing shakes. */
export function ratioOf(clip: JudgedClip, estimator: string, base: string, referee: Referee): number | null {
  const [ours, theirs] = [jitterOf(clip, estimator, referee), jitterOf(clip, base, referee)];
  return ours === null || theirs === null || ours === 0 || theirs === 0 ? null : ours / theirs;
}

/** Jitter of one estimator's output; `null` where it has none. */
export function jitterOf({ outputs }: JudgedClip, estimator: string, referee: Referee): number | null {
  return outputs.find((output) => output.estimator === estimator)?.jitter[referee] ?? null;
}

/**
 * Sums up, a line for each referee and each estimator but the first, with which they are compared. Clips without a ratio count for
 * neither; a win takes more than the margin.
 */
export function summaries(clips: readonly JudgedClip[], [base, ...others]: readonly string[]): Summary[] {
  return REFEREES.flatMap((referee) =>
    others.flatMap((estimator): Summary[] => {
      const measured = clips.filter((clip) => ratioOf(clip, estimator, base, referee) !== null);
      if (measured.length === 0) return [];
      const ratios = measured.map((clip) => ratioOf(clip, estimator, base, referee) as number);
      const outcomes = measured.map((clip) => outcome(clip, estimator, base, referee));
      return [
        {
          referee,
          estimator,
          clips: measured.length,
          median: median(ratios),
          mean: Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length),
          wins: outcomes.filter((sign) => sign < 0).length,
          losses: outcomes.filter((sign) => sign > 0).length,
        },
      ];
    }),
  );
}

/** Below 0: the estimator has less jitter than the base. 0: they differ by less than the margin. */
function outcome(clip: JudgedClip, estimator: string, base: string, referee: Referee): number {
  const [ours, theirs] = [jitterOf(clip, estimator, referee) ?? 0, jitterOf(clip, base, referee) ?? 0];
  const draw = Math.abs(ours - theirs) <= Math.max(MARGIN.amount, MARGIN.share * Math.min(ours, theirs));
  return draw ? 0 : Math.sign(ours - theirs);
}

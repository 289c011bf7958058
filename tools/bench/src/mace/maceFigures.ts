import type { Pair } from './pairList.js';
import { isConvex } from './quad.js';
import type { Answer } from './row.js';

/** Offset beyond which an answer counts as none: twice the largest motion of the list. */
const ABSURD = 64;

/** Figures of one row in one bin. Errors are mean distances of the four corners, in pixels of the 128×128 patch. */
export interface MaceFigures {
  readonly pairs: number;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  /** Shares of pairs. */
  readonly over1: number;
  readonly over3: number;
  /** Pairs without a usable answer; they count as if the answer had been identity. */
  readonly unanswered: number;
}

/**
 * Whether an answer can be used: finite, no offset above 64 px (twice the largest motion of the list), not mirrored or folded. The same rule
 * holds for all rows; without it one wild homography decides a bin's mean.
 */
export function isUsable(answer: Answer): answer is ArrayLike<number> {
  // A comparison that is false for NaN too.
  return answer !== undefined && Array.from(answer).every((v) => Math.abs(v) <= ABSURD) && isConvex(answer);
}

/** Mean distance in pixels of the four corners from where the pair's offsets put them. */
export function cornerDistance(pair: Pair, offsets: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < 8; k += 2) {
    sum += Math.hypot(offsets[k] - pair.offsets[k], offsets[k + 1] - pair.offsets[k + 1]);
  }
  return sum / 4;
}

/** The figures of a row's answers, one a pair. */
export function figuresOf(pairs: readonly Pair[], answers: readonly Answer[]): MaceFigures {
  const still = new Float64Array(8);
  let unanswered = 0;
  const errors: number[] = [];
  for (const [i, pair] of pairs.entries()) {
    const answer = answers[i];
    const usable = isUsable(answer);
    if (!usable) unanswered++;
    errors.push(cornerDistance(pair, usable ? answer : still));
  }
  errors.sort((a, b) => a - b);
  const n = errors.length;
  const over = (limit: number) => errors.filter((error) => error > limit).length / n;
  return {
    pairs: n,
    mean: errors.reduce((sum, error) => sum + error, 0) / n,
    median: quantile(errors, 0.5),
    p95: quantile(errors, 0.95),
    over1: over(1),
    over3: over(3),
    unanswered,
  };
}

/** Of ascending values, linear between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

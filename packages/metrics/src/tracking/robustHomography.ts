// Fits the homography that most of the point pairs follow.
import type { Homography } from '@gimbal/core';
import { applyHomography, fitHomography } from '@gimbal/core/geometry';
import { quantile } from '../quantile.js';

/** Points that a homography is fitted to at least. */
const FEWEST = 20;
/** Pairs of points that are tried for a first guess, and how far from it a point may lie to count for it, pixels. */
const TRIALS = 80;
const NEAR = 3;
const ROUNDS = 6;
/** Tukey's constant, and the spread, pixels, that tracks have at least. */
const TUKEY = 4.685;
const LEAST_SPREAD = 0.05;

/**
 * The homography that most of the point pairs follow: a similarity through two of them that many agree with, then least squares with Tukey's
 * weights. The same answer every time.
 * @param from x, y pairs. @param to As many; pairs with `NaN` are left out.
 * @returns `undefined` where fewer than 20 pairs are left, or nothing fits them.
 */
export function robustHomography(from: Float64Array, to: Float64Array): Homography | undefined {
  const kept: number[] = [];
  for (let k = 0; k < from.length; k += 2) if (Number.isFinite(to[k])) kept.push(k);
  if (kept.length < FEWEST) return undefined;
  const source = Float64Array.from(kept.flatMap((k) => [from[k], from[k + 1]]));
  const target = Float64Array.from(kept.flatMap((k) => [to[k], to[k + 1]]));
  let h = bestSimilarity(source, target);
  const n = kept.length;
  const distances = new Float64Array(n);
  for (let round = 0; round < ROUNDS; round++) {
    for (let k = 0; k < n; k++) {
      const [x, y] = applyHomography(h, source[2 * k], source[2 * k + 1]);
      distances[k] = Math.hypot(x - target[2 * k], y - target[2 * k + 1]);
    }
    // The median of the length of a vector of normal errors is 1.177 standard deviations.
    const spread = Math.max(quantile(Array.from(distances), 0.5) / 1.177, LEAST_SPREAD);
    const weights = distances.map((distance) => Math.max(0, 1 - (distance / (TUKEY * spread)) ** 2) ** 2);
    if (weights.filter((weight) => weight > 0).length < FEWEST) return undefined;
    try {
      h = fitHomography(source, target, weights);
    } catch {
      return undefined;
    }
  }
  return h;
}

function bestSimilarity(source: Float64Array, target: Float64Array): Homography {
  const n = source.length / 2;
  let best: Homography = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  let most = -1;
  for (let trial = 0; trial < TRIALS; trial++) {
    // Pairs that are spread over the list, and so over the picture.
    const i = (trial * 7919) % n;
    const j = (i + 1 + ((trial * 104_729) % (n - 1))) % n;
    const h = similarity(source, target, i, j);
    if (h === undefined) continue;
    let near = 0;
    for (let k = 0; k < n; k++) {
      const x = h[0] * source[2 * k] + h[1] * source[2 * k + 1] + h[2] - target[2 * k];
      const y = h[3] * source[2 * k] + h[4] * source[2 * k + 1] + h[5] - target[2 * k + 1];
      near += Math.max(0, 1 - (x * x + y * y) / NEAR ** 2);
    }
    if (near > most) {
      most = near;
      best = h;
    }
  }
  return best;
}

function similarity(source: Float64Array, target: Float64Array, i: number, j: number): Homography | undefined {
  const [ax, ay] = [source[2 * j] - source[2 * i], source[2 * j + 1] - source[2 * i + 1]];
  const [bx, by] = [target[2 * j] - target[2 * i], target[2 * j + 1] - target[2 * i + 1]];
  const length = ax * ax + ay * ay;
  if (length < 400) return undefined;
  const c = (ax * bx + ay * by) / length;
  const s = (ax * by - ay * bx) / length;
  const x = target[2 * i] - c * source[2 * i] + s * source[2 * i + 1];
  const y = target[2 * i + 1] - s * source[2 * i] - c * source[2 * i + 1];
  return Float64Array.of(c, -s, x, s, c, y, 0, 0, 1);
}

// The similarity and the translation that are closest to a homography.
import type { Homography, Size } from '@gimbal/core';
import { applyHomography, translationHomography } from '@gimbal/core/geometry';
import type { NetworkPass } from '../network/pairNetwork.js';

/** Where a few points of the previous frame go, and how much each counts. In pixels of the frame. */
interface Motion {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly weights: Float64Array;
  readonly total: number;
}

/** Points along either side of the frame. */
const POINTS = 16;

/**
 * The similarity and the translation that are closest to a homography, in least squares over the frame, each point weighted by how much of
 * its neighbourhood moves with it. Undefined when nothing does.
 * @param map Of the frame, in full-resolution pixels: only there is a similarity one.
 */
export function simplerMotions(
  map: Homography,
  size: Size,
  inliers: NetworkPass['inliers'],
): { readonly similarity: Homography; readonly translation: Homography } | undefined {
  const motion = motionOf(map, size, inliers);
  if (!(motion.total > 0)) return undefined;
  const [x, y] = centroid(motion.from, motion);
  const [u, v] = centroid(motion.to, motion);
  // With points as complex numbers about their centroids: a = Σ w·conj(p)·q / Σ w·|p|² (Horn, Closed-form solution of absolute
  // orientation, 1987, in two dimensions).
  let [real, imaginary, square] = [0, 0, 0];
  motion.weights.forEach((weight, k) => {
    const [px, py] = [motion.from[2 * k] - x, motion.from[2 * k + 1] - y];
    const [qx, qy] = [motion.to[2 * k] - u, motion.to[2 * k + 1] - v];
    real += weight * (px * qx + py * qy);
    imaginary += weight * (px * qy - py * qx);
    square += weight * (px * px + py * py);
  });
  const [c, s] = square > 0 ? [real / square, imaginary / square] : [1, 0];
  return {
    similarity: Float64Array.of(c, -s, u - c * x + s * y, s, c, v - s * x - c * y, 0, 0, 1),
    translation: translationHomography(u - x, v - y),
  };
}

function motionOf(map: Homography, { width, height }: Size, inliers: NetworkPass['inliers']): Motion {
  const from = new Float64Array(2 * POINTS * POINTS);
  const to = new Float64Array(from.length);
  const weights = new Float64Array(POINTS * POINTS);
  for (let k = 0; k < weights.length; k++) {
    const across = ((k % POINTS) + 0.5) / POINTS;
    const down = (Math.floor(k / POINTS) + 0.5) / POINTS;
    from.set([across * width - 0.5, down * height - 0.5], 2 * k);
    to.set(applyHomography(map, from[2 * k], from[2 * k + 1]), 2 * k);
    weights[k] = inliers === undefined ? 1 : inlierAt(inliers, across, down);
  }
  return { from, to, weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
}

function inlierAt({ cells, data }: NonNullable<NetworkPass['inliers']>, across: number, down: number): number {
  const col = Math.min(Math.floor(across * cells), cells - 1);
  const row = Math.min(Math.floor(down * cells), cells - 1);
  return data[row * cells + col];
}

function centroid(points: Float64Array, { weights, total }: Motion): [number, number] {
  let [x, y] = [0, 0];
  weights.forEach((weight, k) => {
    x += weight * points[2 * k];
    y += weight * points[2 * k + 1];
  });
  return [x / total, y / total];
}

import { type Frame, GimbalError, type Homography, throwIfAborted } from '@gimbal/core';
import { normalizeHomography } from '@gimbal/core/geometry';
import { loadAddon } from '../addon.js';
import { createAlignFrames } from './alignFrames.js';

/** How an aligner works; everything has a default. */
export interface AlignerOptions {
  /** Longer side in pixels of the finest picture that is compared (frames are never enlarged): 32 to 4096, default 640. */
  readonly analysisSize?: number | undefined;
  /** About how many points are compared at that size: 500 to 50000, default 12000. */
  readonly points?: number | undefined;
  /**
   * How far the points may go from where the start puts them (root mean square), in thousandths of the frame's longer side: above 0 to 100,
   * default 12. A corner, where there may be no point, may go four times as far.
   */
  readonly reach?: number | undefined;
  /** Threads of one call: 1 to 64, default 1. The answer does not depend on it. */
  readonly threads?: number | undefined;
}

/** Options of one call. */
export interface AlignOptions {
  /** How much each part of the previous frame is to be heeded: n×n numbers from 0 to 1, row by row over the picture, n at most 64. */
  readonly weights?: Float32Array | undefined;
  /** What the pair before said of the previous frame (`trust` of its {@link Alignment}): then one plane of a deep scene is followed on. */
  readonly trust?: Float32Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one pair gave. */
export interface Alignment {
  /** Previous → current in full-resolution pixels, `h[8] = 1`; the start itself when not converged. */
  readonly homography: Homography;
  /**
   * False when the start is kept: it mirrors or folds the picture, there is too little to see, the points would go out of reach, or
   * the pictures meet no better than before.
   */
  readonly converged: boolean;
  /** Share of the points whose luma, light compensated, is where noise and a fifth of an analysis pixel put it: 0 to 1. */
  readonly inlierShare: number;
  /** Robust standard deviation of the luma differences at the points, in 8-bit grey levels. */
  readonly residual: number;
  /** Expected error at the frame's corners in full-resolution pixels, per axis; `Infinity` when not converged. */
  readonly cornerSigma: number;
  /** How much each of the current frame's 8 × 6 cells moved with the camera, in this pair and those before: 0 to 1, row by row. */
  readonly trust: Float32Array;
}

/** Refines homographies on the luma itself. */
export interface Aligner {
  /**
   * Starts from `start` (previous → current, full-resolution pixels) and lets the lumas of both frames meet. Does not close the
   * frames; what it prepares of a frame it keeps for as long as the handle lives, so a clip costs one preparation per frame.
   * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for frames of different sizes or formats or in device memory, a start that is not
   * nine finite numbers, or wrong weights; `GIMBAL_E_CANCELLED`.
   */
  align(previous: Frame, current: Frame, start: Homography, options?: AlignOptions): Promise<Alignment>;
  /** Gives the kept memory back. */
  dispose(): void;
}

const RANGES = {
  analysisSize: [640, 32, 4096, true],
  points: [12_000, 500, 50_000, true],
  reach: [12, 0.001, 100, false],
  threads: [1, 1, 64, true],
} as const;

const MOST_CELLS = 64;
const TRUST_CELLS = 48;

const invalid = (message: string) => new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);

/**
 * An aligner on the CPU: Gauss-Newton on the luma of a few thousand steep points, coarse to fine, robust against what moves by
 * itself and against changing light (`native/align/align.hpp` says how). For an answer that is a pixel or two off at full resolution, such as a
 * learned estimator's.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong option, `GIMBAL_E_ADDON` when the addon does not load.
 */
export function createAligner(options: AlignerOptions = {}): Aligner {
  const analysisSize = inRange('analysisSize', options.analysisSize);
  const reach = inRange('reach', options.reach) / 1000;
  const addon = loadAddon();
  const handle = addon.alignerOf(
    analysisSize,
    inRange('points', options.points),
    reach,
    inRange('threads', options.threads),
  );
  const frames = createAlignFrames(addon, handle);
  let disposed = false;
  return {
    async align(previous, current, start, { weights, trust, signal } = {}) {
      throwIfAborted(signal);
      if (disposed) throw invalid('This aligner was disposed of; create a new one.');
      const { format } = previous;
      const lumas = checkedLumas(previous, current);
      checkWeights(weights);
      checkTrust(trust);
      const from = normalizeHomography(checkedStart(start));
      const [before, after] = [frames.of(previous), frames.of(current)];
      const numbers = await addon
        .alignPair(
          handle,
          before,
          lumas[0],
          after,
          lumas[1],
          format.bitDepth,
          format.shift,
          from,
          weights ?? null,
          trust ?? null,
        )
        .catch((cause: unknown) => {
          throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', cause instanceof Error ? cause.message : String(cause), {
            cause,
          });
        });
      throwIfAborted(signal);
      const [converged, inlierShare, residual, cornerSigma, ...cells] = numbers.subarray(9);
      const homography = converged === 1 ? numbers.slice(0, 9) : Float64Array.from(start);
      return {
        homography,
        converged: converged === 1,
        inlierShare,
        residual,
        cornerSigma,
        trust: Float32Array.from(cells),
      };
    },
    dispose() {
      disposed = true;
      frames.clear();
    },
  };
}

function inRange(name: keyof typeof RANGES, value: number | undefined): number {
  const [fallback, least, most, whole] = RANGES[name];
  if (value === undefined) return fallback;
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    throw invalid(
      `Option ${name} of an aligner must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, received ${value}.`,
    );
  }
  return value;
}

function checkedStart(start: Homography): Homography {
  if (start.length !== 9 || !start.every(Number.isFinite) || start[8] === 0) {
    throw invalid(`The start must be nine finite numbers with h[8] ≠ 0, received [${start.join(', ')}].`);
  }
  return start;
}

function checkWeights(weights: Float32Array | undefined): void {
  if (weights === undefined) return;
  const side = Math.sqrt(weights.length);
  if (!Number.isInteger(side) || side < 1 || side > MOST_CELLS || !weights.every((w) => w >= 0 && w <= 1)) {
    throw invalid(
      `Weights must be n×n numbers from 0 to 1 with n from 1 to ${MOST_CELLS}; received ${weights.length} numbers` +
        `${Number.isInteger(side) ? ', some of them outside 0 to 1 or too many' : ''}.`,
    );
  }
}

function checkTrust(trust: Float32Array | undefined): void {
  if (trust === undefined || (trust.length === TRUST_CELLS && trust.every((t) => t >= 0 && t <= 1))) return;
  throw invalid(
    `Trust must be ${TRUST_CELLS} numbers from 0 to 1, as an alignment gave it; received ${trust.length} numbers.`,
  );
}

function checkedLumas(previous: Frame, current: Frame) {
  if (previous.memory !== 'host' || current.memory !== 'host') {
    throw invalid('An aligner takes frames in host memory; one of these lies on a CUDA device.');
  }
  const { width, height, format } = previous;
  if (
    current.width !== width ||
    current.height !== height ||
    current.format.bitDepth !== format.bitDepth ||
    current.format.shift !== format.shift
  ) {
    throw invalid(
      `Both frames of a pair must have one size and depth; received ${width}×${height} ${format.name} and ` +
        `${current.width}×${current.height} ${current.format.name}.`,
    );
  }
  return [previous.planes[0], current.planes[0]] as const;
}

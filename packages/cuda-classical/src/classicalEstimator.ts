import {
  type EstimateOptions,
  type Estimator,
  type Frame,
  GimbalError,
  type MotionField,
  motionField,
  throwIfAborted,
} from '@gimbal/core';
import { loadAddon, type NativeEstimate, type NativeLuma } from './addon.js';
import { type ClassicalOptions, parseClassicalOptions } from './classicalOptions.js';
import { createPreparedFrames } from './preparedFrames.js';

/** One corner of the previous frame and where it went, in full-resolution pixels. */
export interface TrackedPoint {
  readonly x: number;
  readonly y: number;
  readonly u: number;
  readonly v: number;
  /** `inlier`: moved with the camera; `outlier`: moved on its own; `lost`: not found again (then u, v repeat x, y). */
  readonly state: 'inlier' | 'outlier' | 'lost';
}

/** A motion field with what it rests on. */
export interface TracedEstimate {
  readonly field: MotionField;
  readonly points: readonly TrackedPoint[];
  /** Fraction of the frame's 8×6 cells that hold an inlier. */
  readonly coverage: number;
  /** Expected error at the frame's corners and robust scale of the inliers' residuals, in pixels of the analysis size. */
  readonly cornerSigma: number;
  readonly residual: number;
}

/** The classical estimator: everything an {@link Estimator} does, and a look behind the answer. */
export interface ClassicalEstimator extends Estimator {
  /** The same answer as `estimate`, with the points it rests on: for inlier maps and debugging. */
  trace(previous: Frame, current: Frame, options?: EstimateOptions): Promise<TracedEstimate>;
}

/**
 * Shi-Tomasi corners, pyramidal Lucas-Kanade, RANSAC and robust refinement on the CPU. Returns 1×1 motion fields.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong option, `GIMBAL_E_DEVICE_UNAVAILABLE` for `device: 'cuda'`,
 * `GIMBAL_E_ADDON` when the addon is missing. `estimate` throws `GIMBAL_E_INVALID_ARGUMENT` for frames of different sizes or in
 * device memory, and `GIMBAL_E_CANCELLED`.
 */
export async function createClassicalEstimator(options: ClassicalOptions = {}): Promise<ClassicalEstimator> {
  const settings = parseClassicalOptions(options);
  if (settings.device.startsWith('cuda')) {
    throw new GimbalError(
      'GIMBAL_E_DEVICE_UNAVAILABLE',
      `The classical estimator was asked for device "${settings.device}", but this build of @gimbal/cuda-classical has no CUDA part. ` +
        'Use device "cpu" or "auto".',
    );
  }
  const engine = new (loadAddon().Engine)(settings);
  const prepared = createPreparedFrames(engine);
  let disposed = false;

  async function run(
    previous: Frame,
    current: Frame,
    options: EstimateOptions,
    wantTracks: boolean,
  ): Promise<NativeEstimate> {
    throwIfAborted(options.signal);
    if (disposed)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This classical estimator was disposed of; create a new one.');
    if (previous.width !== current.width || previous.height !== current.height) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Both frames of a pair must have one size; received ${previous.width}×${previous.height} and ${current.width}×${current.height}.`,
      );
    }
    const guess = options.guess ? Float64Array.from(options.guess) : null;
    const [from, to] = [lumaOf(previous), lumaOf(current)];
    const result = await engine.estimate(prepared.of(previous), from, prepared.of(current), to, guess, wantTracks);
    throwIfAborted(options.signal);
    return result;
  }

  return {
    name: 'classical',
    memory: ['host'],
    async estimate(previous, current, options = {}) {
      return fieldOf(previous, await run(previous, current, options, false));
    },
    async trace(previous, current, options = {}) {
      const result = await run(previous, current, options, true);
      const { coverage, cornerSigma, residual } = result;
      return { field: fieldOf(previous, result), points: pointsOf(result), coverage, cornerSigma, residual };
    },
    dispose() {
      disposed = true;
      prepared.clear();
    },
  };
}

function lumaOf(frame: Frame): NativeLuma {
  if (frame.memory !== 'host') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The classical estimator of this build reads frames in host memory, received one in ${frame.memory} memory.`,
    );
  }
  const { data, width, height, stride } = frame.planes[0];
  return { data, width, height, stride, bitDepth: frame.format.bitDepth, shift: frame.format.shift };
}

function fieldOf(frame: Frame, result: NativeEstimate): MotionField {
  return motionField({
    size: { width: frame.width, height: frame.height },
    homographies: result.homography,
    confidence: result.confidence,
    verdict: result.verdict,
    model: result.model,
  });
}

function pointsOf(result: NativeEstimate): TrackedPoint[] {
  const tracks = result.tracks ?? new Float32Array(0);
  return Array.from({ length: tracks.length / 5 }, (_, i) => {
    const [x, y, u, v, state] = tracks.subarray(5 * i, 5 * i + 5);
    return { x, y, u, v, state: state > 0 ? 'inlier' : state < 0 ? 'lost' : 'outlier' };
  });
}

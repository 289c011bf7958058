import {
  checkPair,
  type EstimateOptions,
  type Estimator,
  type Frame,
  GimbalError,
  type MotionField,
  motionField,
  throwIfAborted,
} from '@gimbal/core';
import { chooseDevice } from '@gimbal/core/device';
import { loadAddon, type NativeEstimate, type NativeFrame, type NativePair } from './addon.js';
import { type ClassicalOptions, parseClassicalOptions } from './classicalOptions.js';
import { parseState, stateBytes } from './classicalState.js';
import { lumaOf } from './lumaOf.js';
import { nativeCall } from './nativeCall.js';
import { createPreparedFrames } from './preparedFrames.js';
import { reasonFor } from './reasonFor.js';

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

/** Pairs that one call into the addon answers, so that a long batch can be cancelled in between. */
const BATCH = 32;
/** Pairs that a device answers together before more of them gain little. On the CPU one by one is as fast. */
const BATCH_ON_DEVICE = 8;

/**
 * Shi-Tomasi corners, pyramidal Lucas-Kanade, RANSAC and robust refinement on the CPU or on a CUDA device, where frames in host memory are
 * brought and frames on that device are read in place. Returns 1×1 motion fields.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong option, `GIMBAL_E_DEVICE_UNAVAILABLE` for a CUDA device that cannot be used,
 * `GIMBAL_E_ADDON` when the addon is missing. `estimate` throws `GIMBAL_E_INVALID_ARGUMENT` for frames of different sizes or in memory
 * that the estimator does not read, `GIMBAL_E_DEVICE_MEMORY`, `GIMBAL_E_DEVICE_LOST` or `GIMBAL_E_CUDA` when the device fails (it never goes on
 * on the CPU by itself: the `fallback` of `stabilize` does), and `GIMBAL_E_CANCELLED`.
 */
export async function createClassicalEstimator(options: ClassicalOptions = {}): Promise<ClassicalEstimator> {
  const { device, ...settings } = parseClassicalOptions(options);
  const addon = loadAddon();
  const ordinal = chooseDevice(device, () => addon.addonInfo().cudaReport) ?? -1;
  const engine = new addon.Engine({ ...settings, ordinal });
  const prepared = createPreparedFrames(engine);
  let disposed = false;
  let working: Promise<unknown> = Promise.resolve();
  /** The frame that the last pair ended with. */
  let last: { readonly index: number; readonly native: NativeFrame } | undefined;
  const memory: readonly Frame['memory'][] = ordinal < 0 ? ['host'] : ['host', 'cuda'];

  function checkUsable(): void {
    if (disposed)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This classical estimator was disposed of; create a new one.');
  }

  async function run(
    pairs: readonly (readonly [Frame, Frame])[],
    options: EstimateOptions,
    wantTracks: boolean,
  ): Promise<NativeEstimate[]> {
    throwIfAborted(options.signal);
    checkUsable();
    const guess = options.guess ? Float64Array.from(options.guess) : null;
    const list = pairs.map(([previous, current]): NativePair => {
      checkPair(previous, current);
      const [from, to] = [lumaOf(previous, ordinal), lumaOf(current, ordinal)];
      const room = 2 * pairs.length;
      const [before, after] = [prepared.of(previous, room), prepared.of(current, room)];
      last = { index: current.index, native: after };
      return [before, from, after, to, guess];
    });
    const answering = nativeCall(() => engine.estimate(list, wantTracks));
    working = Promise.allSettled([working, answering]).then(() => undefined);
    const results = await answering;
    throwIfAborted(options.signal);
    return results;
  }

  return {
    name: 'classical',
    memory,
    batch: ordinal < 0 ? 1 : BATCH_ON_DEVICE,
    async estimate(previous, current, options = {}) {
      const [result] = await run([[previous, current]], options, false);
      return fieldOf(previous, result);
    },
    async estimateBatch(pairs, options = {}) {
      const fields: MotionField[] = [];
      for (let first = 0; first < pairs.length; first += BATCH) {
        const some = pairs.slice(first, first + BATCH);
        const results = await run(some, options, false);
        fields.push(...results.map((result, i) => fieldOf(some[i][0], result)));
      }
      return fields;
    },
    async warmup() {
      await nativeCall(() => engine.warmUp());
    },
    async trace(previous, current, options = {}) {
      const [result] = await run([[previous, current]], options, true);
      const { coverage, cornerSigma, residual } = result;
      return { field: fieldOf(previous, result), points: pointsOf(result), coverage, cornerSigma, residual };
    },
    async state() {
      await working;
      checkUsable();
      if (last === undefined) return stateBytes(undefined, settings);
      const { index, native } = last;
      return stateBytes({ frame: index, trust: await nativeCall(() => engine.trust(native)) }, settings);
    },
    restore(state) {
      prepared.carry(parseState(state, settings));
    },
    async dispose() {
      disposed = true;
      prepared.clear();
      // An estimate that was abandoned still reads its frames.
      await working;
    },
  };
}

function fieldOf(frame: Frame, result: NativeEstimate): MotionField {
  return motionField({
    size: { width: frame.width, height: frame.height },
    homographies: result.homography,
    confidence: result.confidence,
    verdict: result.verdict,
    model: result.model,
    reason: reasonFor(result),
  });
}

function pointsOf(result: NativeEstimate): TrackedPoint[] {
  const tracks = result.tracks ?? new Float32Array(0);
  return Array.from({ length: tracks.length / 5 }, (_, i) => {
    const [x, y, u, v, state] = tracks.subarray(5 * i, 5 * i + 5);
    return { x, y, u, v, state: state > 0 ? 'inlier' : state < 0 ? 'lost' : 'outlier' };
  });
}

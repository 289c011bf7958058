// A run's result as it crosses from the engine thread.
import { type ClipMotion, MODELS, type MotionField, type RenderPlan, VERDICTS } from '@gimbal/core';
import { READOUT_NODES } from '@gimbal/core/shutter';

/** A clip's motion as a few arrays, which cross between threads without a copy however long the clip is. */
export interface PackedMotion
  extends Pick<ClipMotion, 'size' | 'times' | 'estimator' | 'pixelAspect' | 'rollingShutter'> {
  /** All steps' homographies, one after the other. */
  readonly homographies: Float64Array;
  /** Rows and columns of each step's grid, the indices of its verdict, model and reason: five numbers a step. */
  readonly kinds: Uint16Array;
  readonly confidences: Float64Array;
  /** The reasons that occur; the first stands for none. */
  readonly reasons: readonly (string | undefined)[];
  /** Homographies and readouts of the motion without its rolling shutter, where that is corrected. */
  readonly steady: { readonly homographies: Float64Array; readonly readouts: Float64Array } | undefined;
}

export function packMotion({ steps, rectified, ...clip }: ClipMotion): PackedMotion {
  const homographies = new Float64Array(steps.reduce((sum, step) => sum + step.homographies.length, 0));
  const kinds = new Uint16Array(steps.length * 5);
  const reasons = new Map<string | undefined, number>([[undefined, 0]]);
  let at = 0;
  for (const [i, { rows, cols, verdict, model, reason, homographies: own }] of steps.entries()) {
    homographies.set(own, at);
    at += own.length;
    if (!reasons.has(reason)) reasons.set(reason, reasons.size);
    const numbers = [rows, cols, VERDICTS.indexOf(verdict), MODELS.indexOf(model), reasons.get(reason) ?? 0];
    kinds.set(numbers, i * 5);
  }
  const confidences = Float64Array.from(steps, ({ confidence }) => confidence);
  const times = clip.times.slice();
  const steady = rectified && { homographies: rectified.homographies.slice(), readouts: rectified.readouts.slice() };
  return { ...clip, times, steady, homographies, kinds, confidences, reasons: [...reasons.keys()] };
}

export function unpackMotion({ homographies, kinds, confidences, reasons, steady, ...rest }: PackedMotion): ClipMotion {
  let at = 0;
  const steps = Array.from(confidences, (confidence, i): MotionField => {
    const [rows, cols, verdict, model, why] = kinds.subarray(i * 5, i * 5 + 5);
    const own = homographies.subarray(at, at + rows * cols * 9);
    at += own.length;
    const reason = reasons[why];
    return {
      rows,
      cols,
      homographies: own,
      size: rest.size,
      confidence,
      verdict: VERDICTS[verdict],
      model: MODELS[model],
      ...(reason !== undefined && { reason }),
    };
  });
  return { ...rest, ...(steady !== undefined && { rectified: steady }), steps };
}

/** Eight parameters at each node. */
const READOUT_NUMBERS = READOUT_NODES.length * 8;

/** A render plan likewise. */
export interface PackedPlan
  extends Pick<RenderPlan, 'size' | 'times' | 'output' | 'border' | 'shots' | 'budget' | 'rollingShutter'> {
  /** Nine numbers a frame. */
  readonly warps: Float64Array;
  readonly corrections: Float64Array;
  /** Scale and centre x, y: three numbers a frame. */
  readonly windows: Float64Array;
  /** Forty numbers for each frame that has some, and which frames those are. */
  readonly readouts: Float64Array;
  readonly readoutFrames: Uint32Array;
}

export function packPlan({ warps, corrections, windows, readouts = [], ...clip }: RenderPlan): PackedPlan {
  const flat = new Float64Array(windows.length * 3);
  for (const [i, { scale, centreX, centreY }] of windows.entries()) flat.set([scale, centreX, centreY], i * 3);
  const times = clip.times.slice();
  const frames = Uint32Array.from([...readouts.keys()].filter((frame) => readouts[frame] !== undefined));
  const during = new Float64Array(frames.length * READOUT_NUMBERS);
  for (const [i, frame] of frames.entries()) during.set(readouts[frame] as Float64Array, i * READOUT_NUMBERS);
  return {
    ...clip,
    times,
    warps: joined(warps),
    corrections: joined(corrections),
    windows: flat,
    readouts: during,
    readoutFrames: frames,
  };
}

export function unpackPlan({ warps, corrections, windows, readouts, readoutFrames, ...clip }: PackedPlan): RenderPlan {
  const window = (_: unknown, i: number) => {
    const [scale, centreX, centreY] = windows.subarray(i * 3, i * 3 + 3);
    return { scale, centreX, centreY };
  };
  const during = new Array<Float64Array | undefined>(clip.times.length).fill(undefined);
  for (const [i, frame] of readoutFrames.entries()) {
    during[frame] = readouts.subarray(i * READOUT_NUMBERS, (i + 1) * READOUT_NUMBERS);
  }
  return {
    ...clip,
    ...(readoutFrames.length > 0 && { readouts: during }),
    warps: ninesOf(warps),
    corrections: ninesOf(corrections),
    windows: Array.from({ length: windows.length / 3 }, window),
  };
}

function joined(homographies: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(homographies.length * 9);
  for (const [i, homography] of homographies.entries()) all.set(homography, i * 9);
  return all;
}

function ninesOf(all: Float64Array): Float64Array[] {
  return Array.from({ length: all.length / 9 }, (_, i) => all.subarray(i * 9, i * 9 + 9));
}

/** The memory of every typed array in a value's own fields, one level down. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  const buffers = Object.values(value)
    .flatMap((field) =>
      field !== null && typeof field === 'object' && !ArrayBuffer.isView(field) ? Object.values(field) : [field],
    )
    .filter(
      (field): field is ArrayBufferView<ArrayBuffer> =>
        ArrayBuffer.isView(field) && field.buffer instanceof ArrayBuffer,
    )
    .map(({ buffer }) => buffer);
  return [...new Set(buffers)];
}

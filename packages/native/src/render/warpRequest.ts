import { checkFrame, type Frame, GimbalError, type PixelFormat, type Warp } from '@gimbal/core';
import { planeBlack, planeSiting } from '../plane/chromaSiting.js';
import { framePlanes } from '../plane/framePlanes.js';
import type { NativePlane } from '../plane/nativePlane.js';
import { planeLayout } from '../plane/planeLayout.js';

/** How to sample, as the addon numbers it. */
export interface Sampling {
  readonly interpolation: number;
  readonly border: number;
  readonly threads: number;
}

/** The arguments that the addon's warps have in common. */
export type WarpRequest = readonly [
  sources: readonly NativePlane[],
  targets: readonly NativePlane[],
  /** scaleX, scaleY, offsetX, offsetY of every plane. */
  sitings: Float64Array,
  fills: readonly number[],
  bitDepth: number,
  shift: number,
  homographies: Float64Array,
  grid: readonly [rows: number, cols: number, width: number, height: number],
  interpolation: number,
  border: number,
  threads: number,
];

const invalid = (message: string) => new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);

/**
 * Checks a call of a renderer and puts it as the addon wants it.
 * @param ordinal The device whose frames are accepted beside those in host memory, if any.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` saying what does not belong together.
 */
export function warpRequest(
  source: Frame,
  target: Frame,
  warp: Warp,
  { interpolation, border, threads }: Sampling,
  ordinal: number | undefined,
): WarpRequest {
  checkFrame(source, 'The source');
  checkFrame(target, 'The target');
  const { format } = source;
  if (format.name !== target.format.name) {
    throw invalid(
      `Source and target must have the same pixel format, received ${format.name} and ${target.format.name}.`,
    );
  }
  const numbers = warp?.rows * warp?.cols * 9;
  if (!(warp?.homographies instanceof Float64Array)) {
    throw invalid('A warp is { rows, cols, homographies } with a Float64Array; globalWarp(homography) makes one.');
  }
  if (warp.homographies.length !== numbers) {
    throw invalid(`A ${warp.rows}×${warp.cols} warp needs ${numbers} numbers, received ${warp.homographies.length}.`);
  }
  const [sources, targets] = [framePlanes(source, ordinal), framePlanes(target, ordinal)];
  const { sitings, fills } = formatNumbers(format);
  const grid = [warp.rows, warp.cols, target.width, target.height] as const;
  const { bitDepth, shift } = format;
  const paint = fills[source.fullRange ? 'full' : 'limited'];
  return [sources, targets, sitings, paint, bitDepth, shift, warp.homographies, grid, interpolation, border, threads];
}

/** What all frames of a format have in common. */
interface FormatNumbers {
  readonly sitings: Float64Array;
  readonly fills: { readonly full: readonly number[]; readonly limited: readonly number[] };
}

const known = new WeakMap<PixelFormat, FormatNumbers>();

function formatNumbers(format: PixelFormat): FormatNumbers {
  const before = known.get(format);
  if (before !== undefined) return before;
  const planes = planeLayout(format, { width: 1, height: 1 }).map((_, plane) => plane);
  const sitings = Float64Array.from(
    planes.flatMap((plane) => {
      const { scaleX, scaleY, offsetX, offsetY } = planeSiting(format, plane);
      return [scaleX, scaleY, offsetX, offsetY];
    }),
  );
  const fills = (fullRange: boolean) => planes.map((plane) => planeBlack(format, plane, fullRange));
  const numbers = { sitings, fills: { full: fills(true), limited: fills(false) } };
  known.set(format, numbers);
  return numbers;
}

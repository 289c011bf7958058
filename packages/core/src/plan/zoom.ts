import { GimbalError } from '../errors.js';
import type { Size } from '../frame/frame.js';
import { composeHomographies, type Homography } from '../geometry/homography.js';
import { lowerEnvelope } from './lowerEnvelope.js';
import { staticCrop, type Window } from './staticCrop.js';

/**
 * How the shown window is chosen. `static`: one window for the whole clip; `dynamic`: one that breathes with the corrections;
 * `none`: no scaling.
 */
export type ZoomMode = 'static' | 'dynamic' | 'none';

/** Rounding, in pixels, that a window in its own pixels may hide. */
const PIXEL_SLACK = 1e-6;

/** Seconds over which a dynamic zoom moves. */
const ZOOM_RADIUS = 2;

/** The largest window for the clip as a whole. @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` when nothing is common to all frames. */
export function staticWindow(corrections: readonly Homography[], size: Size): Window {
  const window = staticCrop(corrections, size);
  if (window === undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'The corrections leave no part of the picture that all frames share; use a smaller crop budget or strength.',
    );
  }
  return window;
}

/**
 * A window per frame: as large as each frame allows, made smooth in time.
 * @param narrowed What a frame's correction alone does not say of its window.
 */
export function dynamicWindows(
  corrections: readonly Homography[],
  times: Float64Array,
  size: Size,
  narrowed?: (frame: number, window: Window) => Window,
): Window[] {
  const allowed = new Float64Array(corrections.length);
  for (let t = 0; t < corrections.length; t++) {
    allowed[t] = centredScale(corrections[t], size);
    if (narrowed !== undefined) allowed[t] = narrowed(t, { ...fullFrame(size), scale: allowed[t] }).scale;
  }
  return Array.from(lowerEnvelope(times, allowed, ZOOM_RADIUS), (scale) => ({
    scale,
    centreX: (size.width - 1) / 2,
    centreY: (size.height - 1) / 2,
  }));
}

/** Largest scale of a window about the frame's centre that one correction keeps inside, by bisection. */
function centredScale(correction: Homography, size: Size): number {
  const cx = (size.width - 1) / 2;
  const cy = (size.height - 1) / 2;
  const fits = (scale: number): boolean => {
    for (const [sx, sy] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ]) {
      const x = cx + sx * scale * cx;
      const y = cy + sy * scale * cy;
      const w = correction[6] * x + correction[7] * y + correction[8];
      const px = (correction[0] * x + correction[1] * y + correction[2]) / w;
      const py = (correction[3] * x + correction[4] * y + correction[5]) / w;
      if (!(w > 0 && px >= 0 && py >= 0 && px <= size.width - 1 && py <= size.height - 1)) return false;
    }
    return true;
  };
  if (fits(1)) return 1;
  let low = 0;
  let high = 1;
  for (let k = 0; k < 24; k++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** All of the frame. */
export function fullFrame({ width, height }: Size): Window {
  return { scale: 1, centreX: (width - 1) / 2, centreY: (height - 1) / 2 };
}

/** A window in its own pixels: a smaller picture of even width and height, nothing scaled. */
export function inOwnPixels(window: Window, size: Size): { readonly window: Window; readonly output: Size } {
  // Whole source pixels that lie inside the window, an even number of them where there is a choice.
  const fit = (centre: number, extent: number): { pixels: number; centre: number } => {
    const half = (window.scale * (extent - 1)) / 2;
    const first = Math.ceil(centre - half - PIXEL_SLACK);
    const inside = Math.max(Math.floor(centre + half + PIXEL_SLACK) - first + 1, 1);
    const pixels = inside >= 2 ? inside - (inside % 2) : inside;
    return { pixels, centre: first + (pixels - 1) / 2 };
  };
  const x = fit(window.centreX, size.width);
  const y = fit(window.centreY, size.height);
  return {
    window: { ...window, centreX: x.centre, centreY: y.centre },
    output: { width: x.pixels, height: y.pixels },
  };
}

/**
 * Output pixel → source pixel: the window spread over the output (or, for an output of another size than the frame, laid on it pixel by
 * pixel), then the correction.
 */
export function windowedCorrection(correction: Homography, window: Window, size: Size, output: Size): Homography {
  const scaled = output.width === size.width && output.height === size.height;
  const sx = scaled ? window.scale : 1;
  const sy = scaled ? window.scale : 1;
  const place = Float64Array.of(
    sx,
    0,
    window.centreX - (sx * (output.width - 1)) / 2,
    0,
    sy,
    window.centreY - (sy * (output.height - 1)) / 2,
    0,
    0,
    1,
  );
  return composeHomographies(correction, place);
}

import type { Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
import { homographyArray } from '../geometry/homographyArray.js';
import { type ClipMotion, type Shot, shotsOf } from '../motion/clipMotion.js';
import { shotPath } from '../path/shotPath.js';
import type { Smoother } from '../path/smoother.js';
import { type CropBudget, cropBudget } from './cropBudget.js';
import { displayMotion, inDisplayProportions, pixelAspectOf } from './displayProportions.js';
import { shotCorrections } from './shotCorrections.js';
import type { Window } from './staticCrop.js';
import { dynamicWindows, fullFrame, inOwnPixels, staticWindow, windowedCorrection, type ZoomMode } from './zoom.js';

/** What to show where a steadied frame does not cover the picture; `crop`: never let that happen. */
export type BorderMode = 'crop' | 'black' | 'replicate' | 'mirror';

/** How {@link planCorrections} chooses what to show. */
export interface PlanOptions {
  readonly smoother: Smoother;
  /** Fraction of width and height that a correction may cost. Default {@link DEFAULT_MAX_CROP}. */
  readonly maxCrop?: number | undefined;
  /** See {@link CropBudget}. */
  readonly maxDistortion?: number | undefined;
  /** Default `crop`. */
  readonly border?: BorderMode | undefined;
  /** Default `static` with border `crop`, otherwise `none`. */
  readonly zoom?: ZoomMode | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How every frame of a clip is to be shown. */
export interface RenderPlan {
  /** Of the clip's frames. */
  readonly size: Size;
  /** Seconds, one per frame, as in the motion. */
  readonly times: Float64Array;
  /** Of the pictures shown. */
  readonly output: Size;
  /** What the plan was made for, and what the renderer must do. */
  readonly border: BorderMode;
  /** Per frame: output pixel → source pixel; correction, window and output size in one. */
  readonly warps: readonly Homography[];
  /** Per frame: correction alone. */
  readonly corrections: readonly Homography[];
  /** Per frame: what part of the steadied picture is shown. */
  readonly windows: readonly Window[];
  readonly shots: readonly Shot[];
  readonly budget: CropBudget;
}

/** Fraction of width and height given up unless told otherwise. */
export const DEFAULT_MAX_CROP = 0.15;

/** Budget when borders are allowed to show: a correction may move the picture by half, not out of sight. */
const UNCROPPED_BUDGET = 0.5;

/** Options with nothing left open. */
export interface PlanSettings {
  readonly border: BorderMode;
  readonly zoom: ZoomMode;
  readonly maxCrop: number;
  readonly budget: CropBudget;
}

export function planSettings(size: Size, options: Omit<PlanOptions, 'smoother'>): PlanSettings {
  const border = options.border ?? 'crop';
  const maxCrop = options.maxCrop ?? DEFAULT_MAX_CROP;
  return {
    border,
    zoom: options.zoom ?? (border === 'crop' ? 'static' : 'none'),
    maxCrop,
    budget: cropBudget(size, border === 'crop' ? maxCrop : Math.max(maxCrop, UNCROPPED_BUDGET), options.maxDistortion),
  };
}

/** The window, and the size of the output, that are sure to be covered whatever the corrections within the budget are. */
export function fixedWindow(
  size: Size,
  { border, zoom, maxCrop }: Omit<PlanSettings, 'budget'>,
): { readonly window: Window; readonly output: Size } {
  const whole = fullFrame(size);
  if (border !== 'crop' && zoom === 'none') return { window: whole, output: size };
  const cropped = { ...whole, scale: 1 - maxCrop };
  return border === 'crop' && zoom === 'none' ? inOwnPixels(cropped, size) : { window: cropped, output: size };
}

/** Turns a clip's motion into what the renderer needs. Pure geometry: no pixel is touched. */
export async function planCorrections(motion: ClipMotion, options: PlanOptions): Promise<RenderPlan> {
  const { size } = motion;
  const { border, zoom, maxCrop, budget } = planSettings(size, options);
  const shots = shotsOf(motion);
  const pixelAspect = pixelAspectOf(motion);
  const shown = displayMotion(motion);
  const limits = planSettings(shown.size, options).budget;
  const corrections: Homography[] = [];
  for (const shot of shots) {
    const path = shotPath(shown, shot);
    const own = await shotCorrections(path, options.smoother, limits, { signal: options.signal });
    for (const correction of own.corrections) corrections.push(inDisplayProportions(correction, 1 / pixelAspect));
  }
  const { windows, output } = chooseWindows(motion, corrections, shots, border, zoom, maxCrop);
  const warps = homographyArray(corrections.length);
  for (let t = 0; t < corrections.length; t++) {
    warps[t].set(windowedCorrection(corrections[t], windows[t], size, output));
  }
  return {
    size: { width: size.width, height: size.height },
    times: motion.times.slice(),
    output,
    border,
    warps,
    corrections,
    windows,
    shots,
    budget,
  };
}

function chooseWindows(
  motion: ClipMotion,
  corrections: readonly Homography[],
  shots: readonly Shot[],
  border: BorderMode,
  zoom: ZoomMode,
  maxCrop: number,
): { windows: Window[]; output: Size } {
  const { size } = motion;
  const everywhere = (window: Window): Window[] => corrections.map(() => window);
  if (border !== 'crop') {
    const { window, output } = fixedWindow(size, { border, zoom, maxCrop });
    return { windows: everywhere(window), output };
  }
  if (zoom === 'dynamic') {
    const windows: Window[][] = [];
    for (const { start, end } of shots) {
      windows.push(dynamicWindows(corrections.slice(start, end), motion.times.subarray(start, end), size));
    }
    return { windows: windows.flat(), output: size };
  }
  const window = staticWindow(corrections, size);
  if (zoom === 'static') return { windows: everywhere(window), output: size };
  const own = inOwnPixels(window, size);
  return { windows: everywhere(own.window), output: own.output };
}

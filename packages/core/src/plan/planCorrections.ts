import type { Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
import { homographyArray } from '../geometry/homographyArray.js';
import { type ClipMotion, type Shot, shotsOf } from '../motion/clipMotion.js';
import { shotPath } from '../path/shotPath.js';
import type { Smoother } from '../path/smoother.js';
import { type ClipReadouts, readoutRoom, readoutWithin, windowWithReadouts } from '../shutter/fitReadouts.js';
import { clipReadouts, rectifyClip, withoutRollingShutter } from '../shutter/rectifyClip.js';
import type { ReadoutMotion, RollingShutter } from '../shutter/rollingShutter.js';
import type { ShutterModel } from '../shutter/shutterModel.js';
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
  /** Finds and corrects what a rolling shutter does; without it frames count as seen at one moment each. */
  readonly shutter?: ShutterModel | undefined;
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
  /** What was found of a rolling shutter; absent where nobody looked. */
  readonly rollingShutter?: RollingShutter | undefined;
  /** Per frame, in stored pixels, what the camera did while it was read; absent where no frame is to be corrected for it. */
  readonly readouts?: readonly (ReadoutMotion | undefined)[] | undefined;
}

/** A plan, and the motion that it goes by: the measured one, or what is left of it without the rolling shutter. */
export interface PlannedClip {
  readonly plan: RenderPlan;
  readonly motion: ClipMotion;
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
  return (await planClip(motion, options)).plan;
}

/** The same, with the motion that was smoothed. */
export async function planClip(measured: ClipMotion, options: PlanOptions): Promise<PlannedClip> {
  const { size } = measured;
  const settings = planSettings(size, options);
  const { border, maxCrop, budget } = settings;
  const shots = shotsOf(measured);
  const pixelAspect = pixelAspectOf(measured);
  const found = foundBy(options.shutter, measured);
  const readouts = clipReadouts(found);
  const motion = withoutRollingShutter(found);
  const shown = displayMotion(motion);
  const room = readouts === undefined || border !== 'crop' ? 0 : readoutRoom(readouts, size, maxCrop);
  const limits = planSettings(shown.size, { ...options, maxCrop: maxCrop - room }).budget;
  const corrections: Homography[] = [];
  for (const shot of shots) {
    const path = shotPath(shown, shot);
    const own = await shotCorrections(path, options.smoother, limits, { signal: options.signal });
    for (const correction of own.corrections) corrections.push(inDisplayProportions(correction, 1 / pixelAspect));
  }
  const { windows, output } = chooseWindows(measured, corrections, shots, settings, readouts);
  const warps = homographyArray(corrections.length);
  for (let t = 0; t < corrections.length; t++) {
    warps[t].set(windowedCorrection(corrections[t], windows[t], size, output));
  }
  const covered =
    readouts === undefined || border !== 'crop'
      ? readouts?.motions
      : readouts.motions.map((own, t) => own && readoutWithin(warps[t], own, readouts.axis, size, output));
  const { rollingShutter } = found;
  const plan = {
    size: { width: size.width, height: size.height },
    times: measured.times.slice(),
    output,
    border,
    warps,
    corrections,
    windows,
    shots,
    budget,
    ...(rollingShutter !== undefined && { rollingShutter }),
    ...(covered !== undefined && { readouts: covered }),
  };
  return { plan, motion };
}

/** The motion with what a shutter model finds in it, or has found before. */
function foundBy(shutter: ShutterModel | undefined, motion: ClipMotion): ClipMotion {
  if (shutter === undefined) {
    const { rectified: _, rollingShutter: __, ...measured } = motion;
    return measured;
  }
  const { rectified, rollingShutter } = motion;
  if (rectified !== undefined && rollingShutter !== undefined && shutter.accepts(rollingShutter)) return motion;
  return rectifyClip(motion, shutter);
}

function chooseWindows(
  motion: ClipMotion,
  corrections: readonly Homography[],
  shots: readonly Shot[],
  { border, zoom, maxCrop }: PlanSettings,
  readouts: ClipReadouts | undefined,
): { windows: Window[]; output: Size } {
  const { size } = motion;
  const everywhere = (window: Window): Window[] => corrections.map(() => window);
  if (border !== 'crop') {
    const { window, output } = fixedWindow(size, { border, zoom, maxCrop });
    return { windows: everywhere(window), output };
  }
  const least = 1 - maxCrop;
  if (zoom === 'dynamic') {
    const windows: Window[][] = [];
    for (const { start, end } of shots) {
      const own = corrections.slice(start, end);
      const narrowed =
        readouts &&
        ((frame: number, window: Window) => {
          const one = { ...readouts, motions: [readouts.motions[start + frame]] };
          return windowWithReadouts(window, least, [own[frame]], one, size);
        });
      windows.push(dynamicWindows(own, motion.times.subarray(start, end), size, narrowed));
    }
    return { windows: windows.flat(), output: size };
  }
  const whole = staticWindow(corrections, size);
  const window = readouts === undefined ? whole : windowWithReadouts(whole, least, corrections, readouts, size);
  if (zoom === 'static') return { windows: everywhere(window), output: size };
  const own = inOwnPixels(window, size);
  return { windows: everywhere(own.window), output: own.output };
}

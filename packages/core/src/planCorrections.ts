import { type ClipMotion, type Shot, shotsOf } from './clipMotion.js';
import { type CropBudget, cropBudget } from './cropBudget.js';
import type { Size } from './frame.js';
import type { Homography } from './geometry/homography.js';
import { shotCorrections } from './shotCorrections.js';
import { shotPath } from './shotPath.js';
import type { Smoother } from './smoother.js';
import type { Window } from './stillWindow.js';
import { dynamicWindows, staticWindow, windowedCorrection, type ZoomMode } from './zoom.js';

/** What to show where a steadied frame does not cover the picture; `crop`: never let that happen. */
export type BorderMode = 'crop' | 'black' | 'replicate' | 'mirror';

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
  readonly output: Size;
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

/** Turns a clip's motion into what the renderer needs. Pure geometry: no pixel is touched. */
export async function planCorrections(motion: ClipMotion, options: PlanOptions): Promise<RenderPlan> {
  const { size } = motion;
  const border = options.border ?? 'crop';
  const zoom = options.zoom ?? (border === 'crop' ? 'static' : 'none');
  const maxCrop = options.maxCrop ?? DEFAULT_MAX_CROP;
  const budget = cropBudget(
    size,
    border === 'crop' ? maxCrop : Math.max(maxCrop, UNCROPPED_BUDGET),
    options.maxDistortion,
  );
  const shots = shotsOf(motion);
  const corrections: Homography[] = [];
  for (const shot of shots) {
    const path = shotPath(motion, shot);
    const own = await shotCorrections(path, options.smoother, budget, { signal: options.signal });
    for (const position of path.position) corrections.push(own[position]);
  }
  const { windows, output } = chooseWindows(motion, corrections, shots, border, zoom, maxCrop);
  return {
    output,
    warps: corrections.map((correction, i) => windowedCorrection(correction, windows[i], size, output)),
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
  const whole: Window = { scale: 1, centreX: (size.width - 1) / 2, centreY: (size.height - 1) / 2 };
  const everywhere = (window: Window): Window[] => corrections.map(() => window);
  if (border !== 'crop') {
    return { windows: everywhere(zoom === 'none' ? whole : { ...whole, scale: 1 - maxCrop }), output: size };
  }
  if (zoom === 'dynamic') {
    const windows = shots.flatMap((shot) =>
      dynamicWindows(corrections.slice(shot.start, shot.end), motion.times.subarray(shot.start, shot.end), size),
    );
    return { windows, output: size };
  }
  const window = staticWindow(corrections, size);
  return zoom === 'static' ? { windows: everywhere(window), output: size } : unscaled(window, size, everywhere);
}

/** The window in its own pixels: a smaller picture of even width and height, nothing scaled. */
function unscaled(
  window: Window,
  size: Size,
  everywhere: (window: Window) => Window[],
): { windows: Window[]; output: Size } {
  const fit = (extent: number): number => {
    const pixels = Math.floor(window.scale * (extent - 1)) + 1;
    return pixels >= 2 ? pixels - (pixels % 2) : pixels;
  };
  const output = { width: fit(size.width), height: fit(size.height) };
  const centreX = Math.round(window.centreX - (output.width - 1) / 2) + (output.width - 1) / 2;
  const centreY = Math.round(window.centreY - (output.height - 1) / 2) + (output.height - 1) / 2;
  return { windows: everywhere({ ...window, centreX, centreY }), output };
}

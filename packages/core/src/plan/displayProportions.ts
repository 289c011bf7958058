// Pixels that are not square: motion and corrections as they are shown, and back.
import type { Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
import { type ClipMotion, globalHomography } from '../motion/clipMotion.js';

/** Beyond this, or its inverse, a file's word for the shape of its pixels is taken for a mistake. */
const MOST_SQUEEZED = 10;

/** What a clip says of the shape of its pixels, as width over height; 1 where it says nothing or nonsense. */
export function pixelAspectOf({ pixelAspect = 1 }: { readonly pixelAspect?: number | undefined }): number {
  return pixelAspect >= 1 / MOST_SQUEEZED && pixelAspect <= MOST_SQUEEZED ? pixelAspect : 1;
}

/**
 * The frame as it is shown, in square pixels: x is stretched by the pixels' aspect, so that pixel (x, y) lies at (aspect · x, y). The width need
 * not be whole.
 */
export function displaySize({ width, height }: Size, pixelAspect: number): Size {
  return { width: (width - 1) * pixelAspect + 1, height };
}

/** The same map between points in square pixels: `D · h · D⁻¹` with D = diag(aspect, 1, 1). Its inverse is that of 1/aspect. */
export function inDisplayProportions(h: Homography, pixelAspect: number): Homography {
  const a = pixelAspect;
  return Float64Array.of(h[0], h[1] * a, h[2] * a, h[3] / a, h[4], h[5], h[6] / a, h[7], h[8]);
}

/**
 * A clip's motion in square pixels. Only there is the turn of a camera a rotation: in stored pixels that are not square it looks like a skew,
 * which limits of distortion forbid. Square pixels give the motion itself.
 */
export function displayMotion<M extends Pick<ClipMotion, 'size' | 'steps' | 'pixelAspect'>>(motion: M): M {
  const aspect = pixelAspectOf(motion);
  if (aspect === 1) return motion;
  const size = displaySize(motion.size, aspect);
  const steps = motion.steps.map((step) => ({
    ...step,
    size,
    rows: 1,
    cols: 1,
    homographies: inDisplayProportions(globalHomography(step), aspect),
  }));
  return { ...motion, size, steps, pixelAspect: 1 };
}

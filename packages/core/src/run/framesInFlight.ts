// How many pictures are rendered at once.
import type { PixelFormat, Size } from '../frame/frame.js';

/** Memory that pictures on their way through a renderer may take, beyond which there are only a few of them. */
const ENOUGH = 128 * 2 ** 20;
const FEW = 3;

/** How many pictures may be on their way at once: as many as the renderer gains by (one, unless it tells), fewer where they are very large. */
export function framesInFlight(
  concurrency = 1,
  { width, height, format }: Size & { readonly format: PixelFormat },
): number {
  const chroma = format.chroma ? 2 / 2 ** (format.chromaShiftX + format.chromaShiftY) : 0;
  const bytes = width * height * (1 + chroma + (format.alpha ? 1 : 0)) * (format.bitDepth > 8 ? 2 : 1);
  return Math.max(1, Math.min(concurrency, Math.max(FEW, Math.floor(ENOUGH / bytes))));
}

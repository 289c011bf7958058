import type { CornerMask } from '@gimbal/cuda-classical';
import { type LumaImage, lumaImage } from '@gimbal/metrics';
import { openVideo } from '@gimbal/video';
import { FixedOverlay } from './fixedOverlay.js';

/** Longer side of the pictures that are looked at. */
const LONG_SIDE = 320;
/** Of so many frames one and its successor are looked at. */
const STRIDE = 3;
/** After so many frames an answer is tried; the last is the most that are read. */
const LOOKS = [90, 180, 300];

/**
 * Looks through the beginning of a clip for what stands exactly still on the picture while the camera moves, see {@link FixedOverlay}.
 * @param options How the clip is opened, as for `openVideo`.
 */
export async function overlayMask(
  file: string,
  options: Parameters<typeof openVideo>[1] & { readonly signal?: AbortSignal | undefined },
): Promise<CornerMask | undefined> {
  const source = await openVideo(file, options);
  const scale = Math.min(1, LONG_SIDE / Math.max(source.info.width, source.info.height));
  const [width, height] = [source.info.width, source.info.height].map((side) => Math.max(3, Math.round(side * scale)));
  const overlay = new FixedOverlay(width, height);
  let answer: CornerMask | undefined | 'unknown' = 'unknown';
  try {
    let previous: LumaImage | undefined;
    let frames = 0;
    for await (const frame of source.frames({ signal: options.signal })) {
      try {
        if (frame.memory !== 'host') return undefined;
        if (frames % STRIDE < 2) {
          const image = lumaImage(frame, { width, height });
          if (frames % STRIDE === 1 && previous !== undefined) overlay.take(previous, image);
          previous = image;
        }
      } finally {
        frame.close();
      }
      if (!LOOKS.includes(++frames)) continue;
      answer = overlay.find();
      if (answer !== 'unknown' || frames === LOOKS.at(-1)) break;
    }
    if (answer === 'unknown') answer = overlay.find();
  } finally {
    await source.close();
  }
  return answer === 'unknown' ? undefined : answer;
}

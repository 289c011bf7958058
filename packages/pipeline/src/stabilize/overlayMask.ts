import type { HostFrame, Size } from '@gimbal/core';
import type { CornerMask } from '@gimbal/cuda-classical';
import type { LumaImage } from '@gimbal/metrics';
import { resizeArea } from '@gimbal/native';
import { openVideo } from '@gimbal/video';
import { FixedOverlay } from './fixedOverlay.js';

/** Longer side of the pictures that are looked at. */
const LONG_SIDE = 320;
/** Of so many frames one and its successor are looked at. */
const STRIDE = 3;
/** After so many frames it is asked whether an overlay is ruled out already, which it is for most clips. */
const EARLY = [12, 24, 36, 48, 66];
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
    let wantsNext = false;
    let frames = 0;
    for await (const frame of source.frames({ signal: options.signal })) {
      try {
        if (frame.memory !== 'host') return undefined;
        if (frames % STRIDE === 0) wantsNext = overlay.take(await smallLuma(frame, { width, height }));
        else if (frames % STRIDE === 1 && wantsNext) overlay.takeNext(await smallLuma(frame, { width, height }));
      } finally {
        frame.close();
      }
      if (EARLY.includes(++frames) && overlay.ruledOut) return undefined;
      if (!LOOKS.includes(frames)) continue;
      answer = overlay.find();
      if (answer !== 'unknown' || frames === LOOKS.at(-1)) break;
    }
    if (answer === 'unknown') answer = overlay.find();
  } finally {
    await source.close();
  }
  return answer === 'unknown' ? undefined : answer;
}

/** A frame's luma, 0 black and 255 white, shrunk by averaging over each target pixel's area. */
async function smallLuma(frame: HostFrame, size: Size): Promise<LumaImage> {
  const { data } = await resizeArea(frame.planes[0], frame.format, size, { threads: 1 });
  const [black, gain] = frame.fullRange ? [0, 1] : [16, 255 / (235 - 16)];
  for (let k = 0; k < data.length; k++) data[k] = (data[k] - black) * gain;
  return { ...size, data };
}

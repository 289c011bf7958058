// Where motion is followed: the mask and the regions of the settings.
import { GimbalError, type Size } from '@gimbal/core';
import type { CornerMask } from '@gimbal/cuda-classical';
import { lumaImage } from '@gimbal/metrics';
import { openVideo } from '@gimbal/video';
import { parseRegion, REGION_FORM, type Region, regionInFrame } from './regions.js';
import type { Settings } from './settings.js';

/** The longer side of a mask, pixels: that of the picture which the classical estimator analyses. */
const LONG_SIDE = 640;
/** Corners keep so far from what is left out, in pixels of the mask: what they are recognized by reaches so far. */
const CLEARANCE = 8;
/** From so bright on (0 to 255) a mask's picture means that motion is followed there. */
const FOLLOWED = 128;
/** How far the proportions of a mask's picture may be from the clip's. */
const PROPORTIONS = 0.02;
/** Least share of the picture that must be left to measure in. */
const LEAST = 0.01;

/** Size of a mask for frames of a size. */
export function maskSize({ width, height }: Size): Size {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Where motion is followed, as `mask` and `region` of the settings say: in the bright parts of the mask's picture and in the regions to
 * follow, but not in those to ignore. Undefined where they say nothing.
 * @param size Of the clip's frames.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a region that cannot be read or lies outside, a picture of other proportions, or
 * when next to nothing is left; what opening the picture throws.
 */
export async function followMask(
  { mask: file, region: texts = [] }: Pick<Settings, 'mask' | 'region'>,
  size: Size,
  signal?: AbortSignal,
): Promise<CornerMask | undefined> {
  if (file === undefined && texts.length === 0) return undefined;
  const regions = texts.map(checkedRegion);
  const { width, height } = maskSize(size);
  const picture = file === undefined ? undefined : await maskPicture(file, size, signal);
  const chosen = regions.some(({ follow }) => follow);
  const data = new Uint8Array(width * height).fill(chosen ? 0 : 255);
  for (const region of [...regions].sort((a, b) => Number(b.follow) - Number(a.follow))) {
    const [left, top, right, bottom] = regionInFrame(region, size);
    const [fromX, toX] = [left, right].map((x) => Math.round((x * width) / size.width));
    const [fromY, toY] = [top, bottom].map((y) => Math.round((y * height) / size.height));
    for (let y = fromY; y < toY; y++) data.fill(region.follow ? 255 : 0, y * width + fromX, y * width + toX);
  }
  if (picture !== undefined) for (let k = 0; k < data.length; k++) if (picture[k] < FOLLOWED) data[k] = 0;
  const left = data.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0) / data.length;
  if (left < LEAST) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The mask and the regions leave ${(100 * left).toFixed(1)} % of the picture to measure motion in, at least ${100 * LEAST} % is needed. ` +
        'The bright parts of a mask are followed, the dark ones are left out.',
    );
  }
  return { width, height, data: withClearance(data, width, height, CLEARANCE) };
}

/** A mask with what is left out wider by some pixels on each side. */
export function withClearance(data: Uint8Array, width: number, height: number, clearance: number): Uint8Array {
  const spread = (from: Uint8Array, count: number, length: number, step: number, next: number): Uint8Array => {
    const to = from.slice();
    for (let line = 0; line < count; line++) {
      for (let k = 0; k < length; k++) {
        if (from[line * next + k * step] !== 0) continue;
        const [first, last] = [Math.max(0, k - clearance), Math.min(length - 1, k + clearance)];
        for (let m = first; m <= last; m++) to[line * next + m * step] = 0;
      }
    }
    return to;
  };
  return spread(spread(data, height, width, 1, width), width, height, width, 1);
}

function checkedRegion(text: string): Region {
  const region = parseRegion(text);
  if (region !== undefined) return region;
  throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `A region is ${REGION_FORM}; received "${text}".`);
}

async function maskPicture(file: string, size: Size, signal?: AbortSignal): Promise<Float32Array> {
  const source = await openVideo(file, { signal });
  try {
    for await (const frame of source.frames({ signal })) {
      try {
        if (frame.memory !== 'host') break;
        if (Math.abs((frame.width * size.height) / (frame.height * size.width) - 1) > PROPORTIONS) {
          throw new GimbalError(
            'GIMBAL_E_INVALID_ARGUMENT',
            `The mask ${file} has ${frame.width}×${frame.height} pixels; a mask has the proportions of the clip's picture, ${size.width}×${size.height}.`,
          );
        }
        return lumaImage(frame, maskSize(size)).data;
      } finally {
        frame.close();
      }
    }
  } finally {
    await source.close();
  }
  throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `The mask ${file} holds no picture.`);
}

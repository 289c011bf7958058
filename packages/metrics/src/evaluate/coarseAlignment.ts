// Exhaustive search for the zoom and shift between a frame and its stabilized picture.
import type { Homography, Size } from '@gimbal/core';
import { composeHomographies, scalingHomography, translationHomography } from '@gimbal/core/geometry';
import { imageDetail } from '../image/imageDetail.js';
import { type LumaImage, shrinkImage } from '../image/lumaImage.js';

/** Width of the images that are compared, pixels. */
const WIDTH = 64;
/** Zooms that are tried: a little out, and in up to 1.6, in steps that move the picture's corners by less than a pixel. */
const ZOOMS = Array.from({ length: 15 }, (_, i) => 0.94 * 1.04 ** i);
/** Largest shift that is tried, as a fraction of width and height. */
const SHIFT = 0.2;
const DETAIL_RADIUS = 4;

/**
 * A first guess of how `target` shows the picture of `source` (both of one size), by trying zooms about the centre and shifts on
 * thumbnails: the one with the highest normalized correlation, in the images' pixels.
 */
export function coarseAlignment(source: LumaImage, target: LumaImage): Homography {
  const size = { width: WIDTH, height: Math.max(Math.round((WIDTH * source.height) / source.width), 8) };
  const a = imageDetail(shrinkImage(source, size), DETAIL_RADIUS);
  const b = imageDetail(shrinkImage(target, size), DETAIL_RADIUS);
  let best = { value: Number.NEGATIVE_INFINITY, zoom: 1, dx: 0, dy: 0 };
  for (const zoom of ZOOMS) {
    const peak = bestShift(a, b, zoom);
    if (peak.value > best.value) best = { ...peak, zoom };
  }
  const scaleX = source.width / size.width;
  const scaleY = source.height / size.height;
  return zoomAndShift(source, best.zoom, best.dx * scaleX, best.dy * scaleY);
}

function zoomAndShift(size: Size, zoom: number, dx: number, dy: number): Homography {
  const cx = (size.width - 1) / 2;
  const cy = (size.height - 1) / 2;
  return composeHomographies(
    translationHomography(cx + dx, cy + dy),
    scalingHomography(zoom),
    translationHomography(-cx, -cy),
  );
}

/** Tries every whole-pixel shift of the zoomed source over the target. */
function bestShift(source: LumaImage, target: LumaImage, zoom: number): { value: number; dx: number; dy: number } {
  const { width, height } = source;
  const mx = Math.ceil(SHIFT * width);
  const my = Math.ceil(SHIFT * height);
  const canvas = zoomOntoCanvas(source, zoom, mx, my);
  const stride = width + 2 * mx;
  let best = { value: Number.NEGATIVE_INFINITY, dx: 0, dy: 0 };
  for (let dy = -my; dy <= my; dy++) {
    for (let dx = -mx; dx <= mx; dx++) {
      const value = correlationAt(canvas, stride, (my - dy) * stride + mx - dx, target);
      if (value > best.value) best = { value, dx, dy };
    }
  }
  return best;
}

/** The source zoomed about its centre, with room for the shifts around it; `NaN` where it has no pixel. */
function zoomOntoCanvas(source: LumaImage, zoom: number, mx: number, my: number): Float32Array {
  const { width, height, data } = source;
  const canvas = new Float32Array((width + 2 * mx) * (height + 2 * my));
  const cx = (width - 1) / 2;
  const cy = (height - 1) / 2;
  let i = 0;
  for (let y = -my; y < height + my; y++) {
    const sy = cy + (y - cy) / zoom;
    for (let x = -mx; x < width + mx; x++, i++) {
      const sx = cx + (x - cx) / zoom;
      if (sx < 0 || sy < 0 || sx > width - 1 || sy > height - 1) {
        canvas[i] = Number.NaN;
        continue;
      }
      const x0 = Math.min(Math.floor(sx), width - 2);
      const y0 = Math.min(Math.floor(sy), height - 2);
      const k = y0 * width + x0;
      const top = data[k] + (sx - x0) * (data[k + 1] - data[k]);
      const bottom = data[k + width] + (sx - x0) * (data[k + width + 1] - data[k + width]);
      canvas[i] = top + (sy - y0) * (bottom - top);
    }
  }
  return canvas;
}

/** Correlation of the target with the window of the canvas that starts at `start`; too little overlap counts as none. */
function correlationAt(canvas: Float32Array, stride: number, start: number, target: LumaImage): number {
  const { width, height, data } = target;
  let n = 0;
  let sa = 0;
  let sb = 0;
  let saa = 0;
  let sbb = 0;
  let sab = 0;
  for (let y = 0; y < height; y++) {
    const line = start + y * stride;
    for (let x = 0; x < width; x++) {
      const a = canvas[line + x];
      if (Number.isNaN(a)) continue;
      const b = data[y * width + x];
      n++;
      sa += a;
      sb += b;
      saa += a * a;
      sbb += b * b;
      sab += a * b;
    }
  }
  if (n < 0.5 * data.length) return Number.NEGATIVE_INFINITY;
  const scale = Math.sqrt(Math.max(saa - (sa * sa) / n, 0) * Math.max(sbb - (sb * sb) / n, 0));
  return scale > 1e-6 ? (sab - (sa * sb) / n) / scale : 0;
}

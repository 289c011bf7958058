import type { Homography } from '@gimbal/core';
import { invertHomography } from '@gimbal/core/geometry';
import type { LumaImage } from './lumaImage.js';

/**
 * The image moved by a homography (pixel centres on integers), bilinear, onto a canvas of the same size. What lies outside the source
 * is `outside`: `NaN` marks it, `replicate` continues the border.
 */
export function warpImage(image: LumaImage, h: Homography, outside: 'nan' | 'replicate'): LumaImage {
  const { width, height, data } = image;
  const back = invertHomography(h);
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const w = back[6] * x + back[7] * y + back[8];
      let sx = (back[0] * x + back[1] * y + back[2]) / w;
      let sy = (back[3] * x + back[4] * y + back[5]) / w;
      if (!(w > 0) || !(sx >= 0 && sx <= width - 1 && sy >= 0 && sy <= height - 1)) {
        if (outside === 'nan' || !(w > 0)) {
          out[y * width + x] = outside === 'nan' ? Number.NaN : 0;
          continue;
        }
        sx = Math.min(Math.max(sx, 0), width - 1);
        sy = Math.min(Math.max(sy, 0), height - 1);
      }
      const x0 = Math.min(Math.floor(sx), width - 2);
      const y0 = Math.min(Math.floor(sy), height - 2);
      const fx = sx - x0;
      const fy = sy - y0;
      const i = y0 * width + x0;
      const top = data[i] + fx * (data[i + 1] - data[i]);
      const bottom = data[i + width] + fx * (data[i + width + 1] - data[i + width]);
      out[y * width + x] = top + fy * (bottom - top);
    }
  }
  return { width, height, data: out };
}

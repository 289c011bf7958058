import type { LumaImage } from './lumaImage.js';

/**
 * What is left of an image when its local mean (a box of `2 · radius + 1` pixels, cut at the border) is taken away, so that a bright sky
 * over a dark street does not make two unrelated pictures look alike.
 */
export function imageDetail(image: LumaImage, radius: number): LumaImage {
  const { width, height, data } = image;
  // Summed-area table with a zero row and column in front.
  const table = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let line = 0;
    for (let x = 0; x < width; x++) {
      line += data[y * width + x];
      table[(y + 1) * (width + 1) + x + 1] = table[y * (width + 1) + x + 1] + line;
    }
  }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = Math.max(y - radius, 0) * (width + 1);
    const bottom = Math.min(y + radius + 1, height) * (width + 1);
    for (let x = 0; x < width; x++) {
      const left = Math.max(x - radius, 0);
      const right = Math.min(x + radius + 1, width);
      const sum = table[bottom + right] - table[bottom + left] - table[top + right] + table[top + left];
      const area = ((bottom - top) / (width + 1)) * (right - left);
      out[y * width + x] = data[y * width + x] - sum / area;
    }
  }
  return { width, height, data: out };
}

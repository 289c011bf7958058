import type { TileSet } from './tileSet.js';

/** The pixels of a set for a film that a player turns clockwise by so many degrees: tiles lie turned the other way. */
export function turnedTiles({ pixels, count, size }: TileSet, rotation: number): Uint8Array {
  const quarters = ((Math.round(rotation / 90) % 4) + 4) % 4;
  if (quarters === 0) return pixels;
  const out = new Uint8Array(pixels.length);
  const last = size - 1;
  for (let t = 0; t < count; t++) {
    const start = t * size * size;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [u, v] = [
          [x, y],
          [last - y, x],
          [last - x, last - y],
          [y, last - x],
        ][quarters];
        const from = (start + v * size + u) * 3;
        const to = (start + y * size + x) * 3;
        for (let c = 0; c < 3; c++) out[to + c] = pixels[from + c];
      }
    }
  }
  return out;
}

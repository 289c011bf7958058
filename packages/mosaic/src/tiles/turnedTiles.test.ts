import { expect, it } from 'vitest';
import { turnedTiles } from './turnedTiles.js';

/** Turns a square clockwise by a quarter, as a player does. */
function quarterTurn(square: readonly number[], size: number): number[] {
  return square.map((_, k) => square[(size - 1 - (k % size)) * size + Math.floor(k / size)]);
}

it('gives tiles that stand upright once a player has turned the film', () => {
  const size = 3;
  const upright = Array.from({ length: size * size }, (_, k) => k);
  const pixels = Uint8Array.from(upright.flatMap((value) => [value, value, value]));
  const set = { size, count: 1, pixels, names: ['a'], skipped: [], duplicates: 0 };
  for (const rotation of [0, 90, 180, 270, -90, 360]) {
    let seen = Array.from({ length: size * size }, (_, k) => turnedTiles(set, rotation)[3 * k]);
    for (let turn = 0; turn < (((rotation / 90) % 4) + 4) % 4; turn++) seen = quarterTurn(seen, size);
    expect(seen).toEqual(upright);
  }
});

import { mkdtemp, rm, stat, unlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTileSet } from './createTileSet.js';
import { TILE_FILE } from './tileFile.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'gimbal-tiles-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A picture as Netpbm keeps it. */
function ppm(width: number, height: number, colour: (x: number, y: number) => readonly number[]): Buffer {
  const pixels = Buffer.from(
    Array.from({ length: width * height }, (_, k) => colour(k % width, Math.floor(k / width))).flat(),
  );
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);
}

const put = (name: string, data: Buffer | string): Promise<void> => writeFile(path.join(folder, name), data);
const nearly = (a: number, b: number): boolean => Math.abs(a - b) <= 3;

describe('createTileSet', () => {
  it('takes the middle squares, leaves near duplicates out, and lists what cannot be read', async () => {
    await put(
      'a.ppm',
      ppm(48, 24, (x) => (x < 12 || x >= 36 ? [255, 255, 255] : [200, 40, 90])),
    );
    await put(
      'b.ppm',
      ppm(24, 24, () => [201, 41, 90]),
    );
    await put(
      'c.ppm',
      ppm(24, 24, () => [20, 160, 60]),
    );
    await put('broken.jpg', 'no picture at all');
    await put('notes.txt', 'ignored');
    const set = await createTileSet(folder, { size: 8, cache: false });
    expect(set.names).toEqual(['a.ppm', 'c.ppm']);
    expect(set).toMatchObject({ count: 2, duplicates: 1, size: 8 });
    expect(set.skipped.map(({ file }) => file)).toEqual(['broken.jpg']);
    expect(set.skipped[0].reason).not.toBe('');
    const [first, second] = [set.pixels.subarray(0, 3), set.pixels.subarray(8 * 8 * 3, 8 * 8 * 3 + 3)];
    expect([...first].every((value, k) => nearly(value, [200, 40, 90][k]))).toBe(true);
    expect([...second].every((value, k) => nearly(value, [20, 160, 60][k]))).toBe(true);
  });

  it('gives mirror images and quarters of a photograph', async () => {
    await put(
      'p.ppm',
      ppm(32, 32, (x, y) => [x < 16 ? 250 : 20, y < 16 ? 240 : 30, 100]),
    );
    const set = await createTileSet(folder, { size: 8, variants: 'all', cache: false, distance: 0 });
    expect(set.count).toBe(10);
    const pixel = (tile: number, x: number, y: number): number[] => [
      ...set.pixels.subarray((tile * 64 + y * 8 + x) * 3, (tile * 64 + y * 8 + x) * 3 + 3),
    ];
    expect(pixel(0, 1, 1)[0]).toBeGreaterThan(200);
    expect(pixel(5, 1, 1)[0]).toBeLessThan(60);
    expect(pixel(4, 4, 4)[0]).toBeLessThan(60);
  });

  it('keeps what it read in the folder, and reads again when the pictures change', async () => {
    await put(
      'a.ppm',
      ppm(16, 16, () => [10, 200, 30]),
    );
    const first = await createTileSet(folder, { size: 8 });
    const { mtimeMs } = await stat(path.join(folder, TILE_FILE));
    const again = await createTileSet(folder, { size: 8 });
    expect(again).toEqual(first);
    expect((await stat(path.join(folder, TILE_FILE))).mtimeMs).toBe(mtimeMs);
    await put(
      'b.ppm',
      ppm(16, 16, () => [200, 20, 30]),
    );
    expect((await createTileSet(folder, { size: 8 })).count).toBe(2);
    await unlink(path.join(folder, 'a.ppm'));
    expect((await createTileSet(folder, { size: 8 })).names).toEqual(['b.ppm']);
    await put(TILE_FILE, 'damaged');
    expect((await createTileSet(folder, { size: 8 })).names).toEqual(['b.ppm']);
  });

  it('says when a folder gives nothing', async () => {
    await expect(createTileSet(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'GIMBAL_E_INPUT_NOT_FOUND' });
    await expect(createTileSet(folder)).rejects.toThrow(/holds no picture/);
    await put('broken.png', 'x');
    await expect(createTileSet(folder)).rejects.toThrow(/none of its 1 pictures can be read/);
    await expect(createTileSet(folder, { size: 4 })).rejects.toThrow(/8 to 256/);
  });
});

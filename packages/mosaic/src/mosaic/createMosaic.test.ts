import { type HostFrame, YUV420P } from '@gimbal/core';
import { allocateHostFrame } from '@gimbal/native';
import { describe, expect, it } from 'vitest';
import { FORMATS, paintedFrame, plainTiles, sampleOf } from '../testPictures.js';
import { generateTiles } from '../tiles/generateTiles.js';
import { createMosaic, type Mosaic, type MosaicFrame, type MosaicOptions } from './createMosaic.js';

const SIZE = { width: 128, height: 72 };
const GRID = { cols: 16, rows: 9 };

/** A picture with slopes, discs and some noise that is the same in every frame, shifted by (dx, dy). */
function scene(index: number, dx = 0, dy = 0, noise = 0): HostFrame {
  const sample = (plane: number, x: number, y: number): number => {
    const [u, v] = plane === 0 ? [x + dx, y + dy] : [2 * x + dx, 2 * y + dy];
    if (plane > 0) return 128 + 50 * Math.sin(u / 29 + plane) * Math.cos(v / 23);
    const disc = Math.hypot(u - 60, v - 30) < 20 ? 60 : 0;
    const grain = noise * (((x * 7919 + y * 104729 + index * 31337) % 100) / 100 - 0.5);
    return 110 + 60 * Math.sin(u / 17) * Math.cos(v / 13) + disc + grain;
  };
  return paintedFrame(SIZE, sample, { index, time: index / 25 });
}

const options = (more: Partial<MosaicOptions> = {}): MosaicOptions => ({
  tiles: generateTiles({ count: 400, size: 16 }),
  grid: GRID,
  size: SIZE,
  format: YUV420P,
  ...more,
});

async function shown(mosaic: Mosaic, frame: HostFrame, more = {}): Promise<MosaicFrame & { picture: HostFrame }> {
  const picture = allocateHostFrame(frame.format, frame, frame);
  return { ...(await mosaic.render(frame, picture, more)), picture };
}

const bytesOf = ({ planes }: HostFrame): Buffer => Buffer.concat(planes.map(({ data }) => data));

describe('createMosaic', () => {
  it('gives every cell a tile of its own, and nothing flickers where nothing moves', async () => {
    const mosaic = await createMosaic(options());
    const first = await shown(mosaic, scene(0, 0, 0, 2));
    expect(new Set(first.tiles).size).toBe(144);
    expect(first).toMatchObject({ cut: true, changed: 144 });
    expect(first.gap).toBeLessThanOrEqual(0.001);
    for (let k = 1; k < 8; k++) {
      const next = await shown(mosaic, scene(k, 0, 0, 2));
      expect(next).toMatchObject({ changed: 0, changedStill: 0, still: 144, cut: false });
    }
  });

  it('keeps all as it is when a frame is repeated', async () => {
    const mosaic = await createMosaic(options({ fade: 0 }));
    const first = await shown(mosaic, scene(0));
    const again = await shown(mosaic, scene(0));
    expect(again).toMatchObject({ repeated: true, changed: 0 });
    expect(bytesOf(again.picture).equals(bytesOf(first.picture))).toBe(true);
  });

  it('sees a cut, and shows the new shot at once', async () => {
    const negative = paintedFrame(SIZE, (plane, x) => (plane === 0 ? (x < 64 ? 30 : 220) : plane === 1 ? 80 : 190), {
      index: 1,
      time: 0.04,
    });
    const mosaic = await createMosaic(options());
    await shown(mosaic, scene(0));
    const next = await shown(mosaic, negative);
    expect(next.cut).toBe(true);
    const alone = await shown(await createMosaic(options()), negative);
    expect(next.tiles).toEqual(alone.tiles);
    expect(bytesOf(next.picture).equals(bytesOf(alone.picture))).toBe(true);
  });

  it('changes fewer tiles the more it costs to leave one, and none where it costs too much', async () => {
    const churn = async (stay: number): Promise<number> => {
      const mosaic = await createMosaic(options({ stay }));
      let changed = 0;
      for (let k = 0; k < 6; k++) changed += (await shown(mosaic, scene(k, 2 * k, k))).changed * (k > 0 ? 1 : 0);
      return changed;
    };
    const [free, usual, dear] = [await churn(0), await churn(0.02), await churn(10)];
    expect(usual).toBeLessThan(free / 1.5);
    expect(dear).toBe(0);
  });

  it('lets tiles travel with the camera, in whole cells', async () => {
    const pan = (motion: Float64Array | undefined) => async () => {
      const mosaic = await createMosaic(options({ stay: 0.2 }));
      const first = await shown(mosaic, scene(0));
      const next = await shown(mosaic, scene(1, 8, 0), { motion, cut: false });
      let travelled = 0;
      for (let row = 0; row < GRID.rows; row++) {
        for (let col = 0; col < GRID.cols - 1; col++) {
          if (next.tiles[row * GRID.cols + col] === first.tiles[row * GRID.cols + col + 1]) travelled++;
        }
      }
      return travelled / (GRID.rows * (GRID.cols - 1));
    };
    // The content moves eight pixels to the left, a cell's width.
    expect(await pan(Float64Array.of(1, 0, -8, 0, 1, 0, 0, 0, 1))()).toBeGreaterThan(0.9);
    expect(await pan(undefined)()).toBeLessThan(0.3);
  });

  it('fades from tile to tile', async () => {
    const tiles = plainTiles([
      [0, 0, 0],
      [255, 255, 255],
    ]);
    const size = { width: 8, height: 8 };
    const mosaic = await createMosaic({
      tiles,
      grid: { cols: 1, rows: 1 },
      size,
      format: YUV420P,
      fade: 3,
      stay: 0,
      correct: 0,
    });
    const luma: number[] = [];
    for (let k = 0; k < 6; k++) {
      const frame = paintedFrame(size, (plane) => (plane === 0 ? (k === 0 ? 20 : 230) : 128), {
        index: k,
        time: k / 25,
      });
      luma.push(sampleOf((await shown(mosaic, frame, { cut: k === 0 })).picture, 0, 3, 3));
    }
    expect(luma).toEqual([16, 71, 126, 180, 235, 235]);
  });

  it('moves a tile towards its cell, but not further than the cap', async () => {
    const tiles = plainTiles([[100, 100, 100]]);
    const size = { width: 8, height: 8 };
    const of = async (correct: number, luma: number): Promise<number> => {
      const mosaic = await createMosaic({ tiles, grid: { cols: 1, rows: 1 }, size, format: YUV420P, correct });
      return sampleOf(
        (
          await shown(
            mosaic,
            paintedFrame(size, (plane) => (plane === 0 ? luma : 128)),
          )
        ).picture,
        0,
        2,
        2,
      );
    };
    const plain = await of(0, 110);
    expect(plain).toBe(102);
    expect(await of(1, 110)).toBe(110);
    expect(await of(1, 235)).toBe(Math.round(16 + 86 * 1.3));
    expect(await of(0.5, 110)).toBeGreaterThan(plain);
  });

  it('lets the film show through a veil', async () => {
    const tiles = plainTiles([[0, 0, 0]]);
    const size = { width: 8, height: 8 };
    const mosaic = await createMosaic({
      tiles,
      grid: { cols: 1, rows: 1 },
      size,
      format: YUV420P,
      correct: 0,
      veil: 0.5,
    });
    const { picture } = await shown(
      mosaic,
      paintedFrame(size, (plane) => (plane === 0 ? 216 : 160)),
    );
    expect([sampleOf(picture, 0, 1, 1), sampleOf(picture, 1, 1, 1)]).toEqual([116, 144]);
  });

  it('shows the same colours in every pixel format, and the same picture with any number of threads', async () => {
    const pictures: HostFrame[] = [];
    for (const format of [FORMATS.yuv420p, FORMATS.nv12, FORMATS.yuv420p10le, FORMATS.p010le]) {
      for (const threads of [1, 3]) {
        const frame = paintedFrame(SIZE, (plane, x, y) => (plane === 0 ? 60 + ((x + y) % 120) : 100 + x / 2), {
          format,
        });
        pictures.push((await shown(await createMosaic(options({ format, threads })), frame)).picture);
      }
    }
    for (let k = 0; k < pictures.length; k += 2)
      expect(bytesOf(pictures[k]).equals(bytesOf(pictures[k + 1]))).toBe(true);
    const [planar, pairs, ten, p010] = [0, 2, 4, 6].map((k) => pictures[k]);
    for (const [plane, x, y] of [
      [0, 5, 5],
      [0, 90, 40],
      [1, 20, 11],
      [2, 33, 30],
    ] as const) {
      expect(sampleOf(pairs, plane, x, y)).toBe(sampleOf(planar, plane, x, y));
      expect(sampleOf(p010, plane, x, y)).toBe(sampleOf(ten, plane, x, y));
      expect(Math.abs(sampleOf(ten, plane, x, y) / 4 - sampleOf(planar, plane, x, y))).toBeLessThan(3);
    }
  });

  it('gets along with equal tiles, a blank film and one cell', async () => {
    const equal = await createMosaic(
      options({ tiles: plainTiles(Array.from({ length: 200 }, () => [90, 90, 90] as const)) }),
    );
    expect((await shown(equal, scene(0))).gap).toBeLessThanOrEqual(0.001);
    const blank = paintedFrame(SIZE, (plane) => (plane === 0 ? 16 : 128));
    const other = await createMosaic(options());
    expect(new Set((await shown(other, blank)).tiles).size).toBe(144);
    const one = await createMosaic(options({ grid: { cols: 1, rows: 1 } }));
    expect((await shown(one, scene(0))).tiles).toHaveLength(1);
  });

  it('compares cells and tiles in the way of a plug-in', async () => {
    const lightness = {
      name: 'lightness',
      dimensions: (side: number) => side * side,
      points: (features: Int16Array) => features.filter((_, k) => k % 3 === 0),
    };
    const tiles = plainTiles([
      [250, 40, 40],
      [120, 120, 120],
      [30, 30, 200],
    ]);
    const size = { width: 8, height: 8 };
    const make = (more: Partial<MosaicOptions>) =>
      createMosaic({ tiles, grid: { cols: 1, rows: 1 }, size, format: YUV420P, ...more });
    // A saturated red as light as the second tile.
    const red = paintedFrame(size, (plane) => [88, 105, 200][plane]);
    expect((await shown(await make({}), red)).tiles[0]).toBe(0);
    expect((await shown(await make({ cost: lightness }), red)).tiles[0]).toBe(1);
  });

  it('says what is wrong, and which number would help', async () => {
    const few = generateTiles({ count: 60, size: 8 });
    await expect(createMosaic(options({ tiles: few }))).rejects.toThrow(
      /16×9 cells need 144 tiles, and 60 tiles used once each are 60. A reuse of 3 would do, a grid of 10x5, or 144 tiles/,
    );
    expect((await shown(await createMosaic(options({ tiles: few, reuse: 3 })), scene(0))).tiles).toHaveLength(144);
    await expect(createMosaic(options({ grid: { cols: 65, rows: 2 } }))).rejects.toThrow(/1×1 to 64×36/);
    await expect(createMosaic(options({ stay: -1 }))).rejects.toThrow(/stay must be a number from 0 to 10/);
    await expect(createMosaic(options({ preset: 'loud' as 'vivid' }))).rejects.toThrow(/natural and vivid/);
    const mosaic = await createMosaic(options());
    await expect(
      shown(
        mosaic,
        paintedFrame({ width: 64, height: 64 }, () => 90),
      ),
    ).rejects.toThrow(/128×72 yuv420p, received 64×64/);
    await expect(shown(mosaic, scene(0), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'GIMBAL_E_CANCELLED',
    });
  });
});

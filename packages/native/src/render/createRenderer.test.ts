import { applyMotionField, globalWarp, type HostFrame, motionField } from '@gimbal/core';
import { identityHomography } from '@gimbal/core/geometry';
import { describe, expect, test } from 'vitest';
import { allocateHostFrame } from '../plane/allocateHostFrame.js';
import { eachSample, FORMATS, formatNamed, frameOf, noise, sampleAt } from '../testFrames.js';
import { createRenderer } from './createRenderer.js';

const shift = (x: number, y: number) => globalWarp(Float64Array.of(1, 0, x, 0, 1, y, 0, 0, 1));
const like = (frame: HostFrame) => allocateHostFrame(frame.format, frame, { time: 0, index: 0 });

function differences(
  wanted: (plane: number, x: number, y: number, channel: number) => number,
  frame: HostFrame,
): number {
  let worst = 0;
  frame.planes.forEach((plane, p) => {
    eachSample(plane, (x, y, channel) => {
      worst = Math.max(worst, Math.abs(wanted(p, x, y, channel) - sampleAt(frame, p, x, y, channel)));
    });
  });
  return worst;
}

describe.each(FORMATS)('$name', (format) => {
  test.each(['bilinear', 'bicubic', 'lanczos3'] as const)(
    '%s: the identity changes nothing, at odd sizes too',
    async (interpolation) => {
      const renderer = createRenderer({ interpolation });
      for (const size of [
        { width: 37, height: 23 },
        { width: 1, height: 1 },
        { width: 2, height: 9 },
      ]) {
        const source = frameOf(format, size, noise(format));
        const target = like(source);
        await renderer.render(source, target, globalWarp(identityHomography()));
        expect(differences((p, x, y, c) => sampleAt(source, p, x, y, c), target)).toBe(0);
      }
    },
  );

  test('a shift by whole chroma samples is exact and black comes in from outside', async () => {
    const source = frameOf(format, { width: 64, height: 40 }, noise(format));
    const target = like(source);
    await createRenderer({ border: 'black', threads: 2 }).render(source, target, shift(8, -4));
    const unit = 1 << (format.bitDepth - 8);
    const wanted = (p: number, x: number, y: number, c: number) => {
      const sx = x + (p === 0 ? 8 : 8 >> format.chromaShiftX);
      const sy = y - (p === 0 ? 4 : 4 >> format.chromaShiftY);
      const { width, height } = source.planes[p];
      return sx < width && sy >= 0 && sy < height ? sampleAt(source, p, sx, sy, c) : (p === 0 ? 16 : 128) * unit;
    };
    expect(differences(wanted, target)).toBe(0);
  });
});

test.each(['yuva420p', 'yuva444p10le'])('%s: opacity moves with luma, and nothing is opaque outside', async (name) => {
  const deep = name.endsWith('10le');
  const base = formatNamed(deep ? 'yuv420p10le' : 'yuv420p');
  const subsampling = name.includes('444') ? 0 : 1;
  const format = { ...base, name, alpha: true, chromaShiftX: subsampling, chromaShiftY: subsampling };
  const source = frameOf(format, { width: 33, height: 21 }, (p, x, y) => (p === 3 ? 1 + x + 5 * y : 128));
  const target = like(source);
  expect(target.planes.map(({ width }) => width)).toEqual([33, 33 - subsampling * 16, 33 - subsampling * 16, 33]);
  await createRenderer({ border: 'black', threads: 1 }).render(source, target, shift(4, -2));
  for (let y = 0; y < 21; y++) {
    for (let x = 0; x < 33; x++) {
      expect(sampleAt(target, 3, x, y)).toBe(x + 4 < 33 && y >= 2 ? 1 + x + 4 + 5 * (y - 2) : 0);
    }
  }
});

test('full-range black is zero; replicate repeats the edge; mirror reflects about it', async () => {
  const format = formatNamed('yuv420p');
  const source = frameOf(format, { width: 32, height: 16 }, (p, x) => (p === 0 ? 100 + x : 90), true);
  const row = async (border: 'black' | 'replicate' | 'mirror') => {
    const target = like(source);
    await createRenderer({ border }).render(source, target, shift(-4, 0));
    return [0, 1, 2, 3, 4, 5].map((x) => sampleAt(target, 0, x, 3));
  };
  expect(await row('black')).toEqual([0, 0, 0, 0, 100, 101]);
  expect(await row('replicate')).toEqual([100, 100, 100, 100, 100, 101]);
  expect(await row('mirror')).toEqual([104, 103, 102, 101, 100, 101]);
});

test('chroma moves with luma under rotation and zoom, whatever its subsampling and siting', async () => {
  const warp = globalWarp(Float64Array.of(0.9, -0.08, 9.3, 0.07, 0.93, -2.6, 1e-4, -5e-5, 1));
  for (const name of ['yuv420p', 'yuv422p', 'yuv444p', 'nv12', 'p010le']) {
    const format = formatNamed(name);
    const unit = 1 << (format.bitDepth - 8);
    const scaleX = 1 << format.chromaShiftX;
    const scaleY = 1 << format.chromaShiftY;
    // One plane picture, z = 3 x + 2 y over luma positions, sampled by every plane where it is sited.
    const value = (p: number, x: number, y: number) =>
      Math.round(unit * (20 + 1.2 * (p === 0 ? x : x * scaleX) + 0.8 * (p === 0 ? y : y * scaleY + (scaleY - 1) / 2)));
    const source = frameOf(format, { width: 80, height: 60 }, value);
    const target = like(source);
    await createRenderer({ border: 'replicate' }).render(source, target, warp);
    const luma = target.planes[1];
    let worst = 0;
    for (let y = 4; y < luma.height - 8; y++) {
      for (let x = 8; x < luma.width - 8; x++) {
        const [h0, h1, h2, h3, h4, h5, h6, h7] = warp.homographies;
        const lx = x * scaleX;
        const ly = y * scaleY + (scaleY - 1) / 2;
        const w = h6 * lx + h7 * ly + 1;
        const sx = (h0 * lx + h1 * ly + h2) / w;
        const sy = (h3 * lx + h4 * ly + h5) / w;
        if (sx < 4 || sy < 4 || sx > 74 || sy > 54) continue;
        worst = Math.max(worst, Math.abs(sampleAt(target, 1, x, y) / unit - (20 + 1.2 * sx + 0.8 * sy)));
      }
    }
    expect(worst, name).toBeLessThan(1.1);
    expect(worst, name).toBeGreaterThan(0);
  }
});

test('a mesh follows applyMotionField of core, the grid laid over the output', async () => {
  const format = formatNamed('gray');
  const source = frameOf(format, { width: 96, height: 72 }, (_, x, y) => Math.round(40 + 1.5 * x + 0.7 * y));
  const target = allocateHostFrame(format, { width: 88, height: 64 }, { time: 0, index: 0 });
  const rows = 3;
  const cols = 4;
  const homographies = new Float64Array(rows * cols * 9);
  for (let cell = 0; cell < rows * cols; cell++) {
    homographies.set(
      [1 + 0.01 * (cell % 3), 0.004 * cell, 2 + (cell % 2), -0.005, 1, 3 - 0.1 * cell, 0, 1e-5 * cell, 1],
      cell * 9,
    );
  }
  await createRenderer({ border: 'replicate' }).render(source, target, { rows, cols, homographies });
  const field = motionField({ size: target, rows, cols, homographies });
  let worst = 0;
  let compared = 0;
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 88; x++) {
      const [sx, sy] = applyMotionField(field, x, y);
      if (sx < 0 || sy < 0 || sx > 95 || sy > 71) continue;
      compared++;
      worst = Math.max(worst, Math.abs(sampleAt(target, 0, x, y) - (40 + 1.5 * sx + 0.7 * sy)));
    }
  }
  expect(compared).toBeGreaterThan(3000);
  expect(worst).toBeLessThan(1.1);
});

test('many frames at once, on any number of threads, come out alike', async () => {
  const format = formatNamed('yuv420p');
  const source = frameOf(format, { width: 200, height: 120 }, noise(format));
  const warp = globalWarp(Float64Array.of(0.98, 0.02, 1.7, -0.02, 0.98, 2.4, 0, 0, 1));
  const targets = await Promise.all(
    [1, 2, 3, 5, 1, 2, 3, 5].map(async (threads) => {
      const target = like(source);
      await createRenderer({ threads, interpolation: 'lanczos3' }).render(source, target, warp);
      return target;
    }),
  );
  for (const target of targets) {
    for (const [p, plane] of target.planes.entries())
      expect(Buffer.compare(plane.data, targets[0].planes[p].data)).toBe(0);
  }
});

test('errors say what came and carry a code', async () => {
  expect(() => createRenderer({ device: 'gpu' as 'cpu' })).toThrow(/auto, cpu, cuda and cuda:N, received 'gpu'/);
  expect(() => createRenderer({ threads: 0 })).toThrow(expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT' }));
  expect(() => createRenderer({ border: 'wrap' as 'black' })).toThrow(/black, replicate, mirror/);
  const renderer = createRenderer({ device: 'auto' });
  const gray = frameOf(formatNamed('gray'), { width: 8, height: 8 }, () => 1);
  const nv12 = frameOf(formatNamed('nv12'), { width: 8, height: 8 }, () => 1);
  const invalid = { code: 'GIMBAL_E_INVALID_ARGUMENT' };
  await expect(renderer.render(gray, nv12, globalWarp(identityHomography()))).rejects.toMatchObject(invalid);
  await expect(
    renderer.render(gray, like(gray), { rows: 2, cols: 1, homographies: new Float64Array(9) }),
  ).rejects.toMatchObject(invalid);
  const short = { ...like(gray), planes: [{ ...gray.planes[0], data: new Uint8Array(8) }] };
  await expect(renderer.render(gray, short, globalWarp(identityHomography()))).rejects.toThrow(
    /needs \d+ bytes, received/,
  );
  for (const wrong of [undefined, null, {}, { ...gray, format: undefined }, { ...gray, planes: [undefined] }]) {
    const warp = globalWarp(identityHomography());
    await expect(renderer.render(wrong as never, like(gray), warp)).rejects.toMatchObject(invalid);
    await expect(renderer.render(gray, wrong as never, warp)).rejects.toMatchObject(invalid);
  }
  await expect(renderer.render(gray, like(gray), undefined as never)).rejects.toMatchObject(invalid);
  const small = { ...like(gray), planes: [{ ...gray.planes[0], width: 4 }] };
  await expect(renderer.render(gray, small, globalWarp(identityHomography()))).rejects.toThrow(
    /plane 0 must be 8×8, received 4×8/,
  );
  await expect(
    renderer.render(gray, like(gray), globalWarp(identityHomography()), { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followMask, withClearance } from './followMask.js';

const size = { width: 640, height: 360 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gimbal-mask-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A gray picture whose left half is dark. */
async function halfDark(name: string, width: number, height: number): Promise<string> {
  const file = path.join(folder, name);
  const samples = Uint8Array.from({ length: width * height }, (_, k) => (k % width < width / 2 ? 0 : 255));
  await writeFile(file, Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), samples]));
  return file;
}

async function at(settings: Parameters<typeof followMask>[0], x: number, y: number): Promise<boolean> {
  const mask = await followMask(settings, size);
  if (mask === undefined) throw new Error('no mask');
  return mask.data[y * mask.width + x] > 0;
}

describe('followMask', () => {
  it('is not there where nothing is said', async () => {
    expect(await followMask({}, size)).toBeUndefined();
    expect(await followMask({ region: [] }, size)).toBeUndefined();
  });

  it('follows a region and leaves out the rest, less a margin', async () => {
    const settings = { region: ['100,100,200,100'] };
    expect(await at(settings, 200, 150)).toBe(true);
    expect(await at(settings, 104, 150)).toBe(false);
    expect(await at(settings, 400, 150)).toBe(false);
  });

  it('ignores a region within one to follow, in whichever order they come', async () => {
    for (const region of [
      ['0,0,100%,100%', 'ignore:25%,25%,50%,50%'],
      ['ignore:25%,25%,50%,50%', '0,0,100%,100%'],
    ]) {
      expect(await at({ region }, 320, 180)).toBe(false);
      expect(await at({ region }, 40, 180)).toBe(true);
    }
  });

  it.each([
    [640, 360],
    [1280, 720],
    [160, 90],
  ])('follows the bright parts of a picture of %d × %d', async (width, height) => {
    const mask = await halfDark(`${width}.pgm`, width, height);
    expect(await at({ mask }, 100, 100)).toBe(false);
    expect(await at({ mask }, 500, 100)).toBe(true);
    expect(await at({ mask, region: ['ignore:400,0,240,360'] }, 500, 100)).toBe(false);
  });

  it('says what is wrong', async () => {
    const tall = await halfDark('tall.pgm', 360, 640);
    await expect(followMask({ mask: tall }, size)).rejects.toThrow('360×640 pixels; a mask has the proportions');
    await expect(followMask({ region: ['1,2,3'] }, size)).rejects.toThrow('received "1,2,3"');
    await expect(followMask({ region: ['ignore:0,0,100%,100%'] }, size)).rejects.toThrow('leave 0.0 % of the picture');
    await expect(followMask({ mask: path.join(folder, 'none.png') }, size)).rejects.toMatchObject({
      code: 'GIMBAL_E_INPUT_NOT_FOUND',
    });
  });
});

describe('withClearance', () => {
  it('widens what is left out on all sides', () => {
    const data = new Uint8Array(25).fill(255);
    data[12] = 0;
    const wide = withClearance(data, 5, 5, 1);
    expect(Array.from(wide, (value) => (value > 0 ? 1 : 0)).join('')).toBe('1111110001100011000111111');
  });
});

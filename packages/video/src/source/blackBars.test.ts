import path from 'node:path';
import { expect, it } from 'vitest';
import { openVideo } from '../index.js';
import { scratchFolder } from '../testClips.js';
import { picture, writePictures } from '../testPictures.js';
import { blackBars } from './blackBars.js';

const eight = { bitDepth: 8, shift: 0 };
const [width, height] = [160, 100];

/** Texture inside a rectangle, black (16) around it. */
function plane(
  inside: (x: number, y: number) => boolean,
  texture = (x: number, y: number) => 60 + ((7 * x + 13 * y) % 150),
) {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return inside(x, y) ? texture(x, y) : 16;
  });
  return { data, width, height, stride: width, channels: 1, bytesPerSample: 1 } as const;
}

it.each([
  ['letterbox', (_: number, y: number) => y >= 12 && y < 88, { top: 12, bottom: 12, left: 0, right: 0 }],
  ['pillarbox', (x: number) => x >= 20 && x < 139, { top: 0, bottom: 0, left: 20, right: 21 }],
  [
    'window',
    (x: number, y: number) => x >= 20 && x < 140 && y >= 10 && y < 90,
    { top: 10, bottom: 10, left: 20, right: 20 },
  ],
  ['a whole picture', () => true, undefined],
  ['a dark sky', (_: number, y: number) => y >= 30, undefined],
  ['a black picture', () => false, undefined],
])('finds what there is: %s', (_, inside, wanted) => {
  expect(blackBars(plane(inside), eight)).toEqual(wanted);
});

it('does not take night for bars', () => {
  const noise = (x: number, y: number) => (y < 30 || y >= 70 ? (x * 31 + y * 17) % 25 : 120);
  expect(
    blackBars(
      plane(() => true, noise),
      eight,
    ),
  ).toBeUndefined();
});

it.each(['yuv420p', 'yuv420p10le', 'uyvy422'])('a file of %s with bars says so', async (pixels) => {
  const file = path.join(scratchFolder(), 'bars.nut');
  const frame = picture(pixels, width, height);
  const [deep, packed] = [pixels.endsWith('10le'), pixels === 'uyvy422'];
  const { data } = plane((_, y) => y >= 12 && y < 88);
  const [luma, ...chroma] = frame.data ?? [];
  const [stride] = frame.linesize;
  const words = new DataView(luma.buffer, luma.byteOffset, luma.byteLength);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (deep) words.setUint16(y * stride + 2 * x, data[i] << 2, true);
    else if (packed) words.setUint16(y * stride + 2 * x, (data[i] << 8) | 128, true);
    else luma[y * stride + x] = data[i];
  }
  for (const samples of chroma) samples.fill(deep ? 2 : 128);
  await writePictures(file, [frame], { encoder: 'rawvideo' });
  const source = await openVideo(file);
  expect(source.info.notes).toEqual(packed ? [] : [expect.stringMatching(/12 rows above and 12 below/)]);
  await source.close();
});

import { cudaBridge } from '@gimbal/native';
import { openVideo } from '@gimbal/video';
import { expect, test } from 'vitest';
import { clip, type Kind, read } from './engineClips.js';

test.each<Kind>([
  { codec: 'h264', pixels: 'yuv420p', width: 322, height: 182 },
  { codec: 'h265', pixels: 'yuv420p10le', width: 322, height: 182 },
  { codec: 'ffv1', pixels: 'yuv420p', width: 33, height: 17 },
])('$codec $pixels $width×$height reads the same with views that are remembered', async (kind) => {
  const file = await clip(kind);
  const [plain, remembering] = [await openVideo(file), await openVideo(file, { cuda: cudaBridge })];
  const wanted = await read(plain);
  // A second pass may meet places of the first.
  for (let pass = 0; pass < 2; pass++) expect(await read(remembering)).toEqual(wanted);
  await Promise.all([plain.close(), remembering.close()]);
});

test('a place in memory has one view, however many pictures lie there in turn', async () => {
  const file = await clip({ codec: 'h264', pixels: 'yuv420p', width: 320, height: 180, frames: 80, file: 'long.mkv' });
  const source = await openVideo(file, { threads: 1, cuda: cudaBridge });
  const views = new Set<Uint8Array>();
  let frames = 0;
  for await (const frame of source.frames()) {
    for (const { data, stride, height } of frame.planes) {
      expect(data).toHaveLength(stride * height);
      views.add(data);
    }
    frame.close();
    frames++;
  }
  expect(frames).toBe(80);
  expect(views.size).toBeLessThan(80);
  await source.close();
});

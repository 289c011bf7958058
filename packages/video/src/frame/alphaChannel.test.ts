import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import type { Frame } from 'node-av/lib';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo, type VideoCodec } from '../index.js';
import { makeClip, readAll, scratchFolder, wrongSamples } from '../testClips.js';
import { picture, writePictures } from '../testPictures.js';
import { keepsAlpha } from './alphaChannel.js';
import { copySamples } from './framePool.js';

const folder = scratchFolder();
const [WIDTH, HEIGHT, FRAMES] = [96, 64, 4];

/** Opaque on the right of a line that moves by eight columns a picture. */
function half(pixels: string, index: number): Frame {
  const frame = picture(pixels, WIDTH, HEIGHT);
  const planes = frame.data ?? [];
  for (const plane of planes) plane.fill(pixels.includes('12') ? 4 : 128);
  const alpha = planes[3];
  const stride = frame.linesize[3];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) alpha[y * stride + x] = x < 16 + 8 * index ? 0 : 255;
  }
  return frame;
}

/** Mean opacity of the columns left and right of the line, from 0 to 1. */
function opacities(frame: HostFrame): number[] {
  const { data, stride, bytesPerSample } = frame.planes[3];
  const words = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const top = 2 ** frame.format.bitDepth - 1;
  const at = (x: number, y: number) =>
    bytesPerSample === 1 ? data[y * stride + x] : words.getUint16(y * stride + 2 * x, true);
  const edge = 16 + 8 * frame.index;
  return [
    [0, edge - 2],
    [edge + 2, WIDTH],
  ].map(([from, to]) => {
    let sum = 0;
    for (let y = 0; y < HEIGHT; y++) for (let x = from; x < to; x++) sum += at(x, y);
    return sum / (to - from) / HEIGHT / top;
  });
}

async function copied(input: string, output: string, codec: VideoCodec | undefined, alpha: boolean) {
  const source = await openVideo(input, { alpha });
  const sink = createVideoSink(output, { source, codec, preset: 'ultrafast' });
  await sink.open(source.info);
  for await (const frame of source.frames()) {
    const other = sink.allocate(frame);
    copySamples(frame as HostFrame, other);
    frame.close();
    await sink.write(other);
  }
  await sink.finish();
  await source.close();
  return [...source.info.notes, ...sink.notes];
}

describe('an alpha channel', () => {
  it.each(['yuva420p', 'yuva422p10le', 'yuva444p12le', 'yuva444p16le'])(
    '%s comes back to the bit from ffv1',
    async (pixels) => {
      const file = path.join(folder, `${pixels}.mkv`);
      await makeClip(file, { pixels, codec: 'ffv1', frames: 3 });
      const source = await openVideo(file, { alpha: true });
      expect(source.info.format).toMatchObject({ name: pixels, alpha: true });
      const { count } = await readAll(source, (frame) => expect(wrongSamples(frame)).toBe(0));
      expect(count).toBe(3);
      await source.close();
    },
  );

  it.each<[string, string, VideoCodec | undefined, string]>([
    ['vp9 into the default of .webm', 'out.webm', undefined, 'vp9'],
    ['vp9 into Matroska', 'vp9.mkv', 'vp9', 'vp9'],
    ['into ProRes 4444', 'out.mov', 'prores', 'prores'],
    ['into ffv1', 'out.mkv', 'ffv1', 'ffv1'],
  ])('%s', async (_, name, codec, stored) => {
    const input = path.join(folder, 'alpha.webm');
    const pictures = Array.from({ length: FRAMES }, (_, i) => half('yuva420p', i));
    await writePictures(input, pictures, { encoder: 'libvpx-vp9', options: { crf: '10', b: '0' } });
    const output = path.join(folder, name);
    const notes = await copied(input, output, codec, keepsAlpha(output, codec));
    expect(notes.join()).not.toMatch(/alpha/);
    const source = await openVideo(output, { alpha: true });
    expect(source.info.codec).toBe(stored);
    const { count } = await readAll(source, (frame) => {
      const [left, right] = opacities(frame);
      expect(left).toBeLessThan(0.02);
      expect(right).toBeGreaterThan(0.98);
    });
    expect(count).toBe(FRAMES);
    await source.close();
  });

  it('that is not wanted, or has no place, is named', async () => {
    const input = path.join(folder, 'lost.webm');
    await writePictures(input, [half('yuva420p', 0), half('yuva420p', 1)], { encoder: 'libvpx-vp9' });
    const named = /^Left out: the alpha channel/;
    for (const [name, alpha] of [
      ['left-out.mp4', false],
      ['no-place.mp4', true],
    ] as const) {
      const notes = await copied(input, path.join(folder, name), 'h264', alpha);
      expect(notes.filter((note) => named.test(note))).toHaveLength(1);
    }
  });

  it('is kept where codec, container and pixel format have a place for it', () => {
    expect(keepsAlpha('a.webm', undefined)).toBe(true);
    expect(keepsAlpha('a.webm', 'av1')).toBe(false);
    expect(keepsAlpha('a.mp4', 'vp9')).toBe(false);
    expect(keepsAlpha('a.mov', 'prores')).toBe(true);
    expect(keepsAlpha('a.mov', 'prores', 'yuv422p10le')).toBe(false);
    expect(keepsAlpha('a.mkv', 'ffv1', 'yuva444p16')).toBe(true);
    expect(keepsAlpha('a.mov', undefined)).toBe(false);
  });
});

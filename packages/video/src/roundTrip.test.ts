import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo } from './index.js';
import { formatNamed, like, makeClip, paint, readAll, sampleAt, scratchFolder, wrongSamples } from './testClips.js';

const folder = scratchFolder();

describe('lossless round trip', () => {
  it.each([
    ['yuv420p', 64, 48],
    ['yuv422p', 64, 48],
    ['yuv444p', 63, 47],
    ['gray', 64, 48],
    ['yuv420p10le', 64, 48],
    ['yuv422p12le', 66, 50],
    ['yuv444p16le', 31, 17],
    ['gray10le', 65, 33],
    ['yuv420p', 65, 49],
    ['yuv420p10le', 1, 1],
  ])('hands over %s of %i×%i as it was written', async (pixels, width, height) => {
    const file = path.join(folder, `${pixels}-${width}.mkv`);
    await makeClip(file, { pixels, width, height, frames: 4, codec: 'ffv1' });
    const source = await openVideo(file);
    expect(source.info).toMatchObject({ width, height, format: formatNamed(pixels), storedFormat: pixels });
    const { count } = await readAll(source, (frame) => expect(wrongSamples(frame)).toBe(0));
    expect(count).toBe(4);
    expect(source.warnings).toEqual([]);
    await source.close();
  });

  it('stores NV12 in a codec that has none as 4:2:0, sample by sample, which is nothing to note', async () => {
    const file = path.join(folder, 'nv12.mkv');
    const sink = await makeClip(file, { pixels: 'nv12', frames: 2, codec: 'ffv1' });
    expect(sink.notes).toEqual([]);
    const source = await openVideo(file);
    await readAll(source, (frame) => {
      for (const [plane, channel] of [
        [1, 0],
        [2, 1],
      ] as const) {
        const { data, stride } = frame.planes[plane];
        expect(data[3 * stride + 5]).toBe(sampleAt(formatNamed('nv12'), frame.index, 1, channel, 5, 3));
      }
    });
    await source.close();
  });
});

describe('lossy codecs', () => {
  it.each([
    ['h264', 'mp4', 'yuv420p', 'yuv420p'],
    ['h264', 'mp4', 'nv12', 'yuv420p'],
    ['h264', 'mkv', 'yuv420p10le', 'yuv420p10le'],
    ['h264', 'mov', 'yuv444p', 'yuv444p'],
    ['h264', 'mp4', 'gray', 'yuv420p'],
    ['h265', 'mp4', 'yuv420p10le', 'yuv420p10le'],
    ['av1', 'mp4', 'yuv420p10le', 'yuv420p10le'],
    ['av1', 'webm', 'yuv420p', 'yuv420p'],
    ['prores', 'mov', 'yuv422p10le', 'yuv422p10le'],
    ['h265', 'mkv', 'p010le', 'yuv420p10le'],
  ] as const)('%s in %s keeps %s', async (codec, extension, pixels, stored) => {
    const file = path.join(folder, `${codec}-${pixels}.${extension}`);
    await makeClip(file, { pixels, width: 96, height: 64, frames: 12, codec, preset: 'ultrafast' });
    const source = await openVideo(file);
    expect(source.info.storedFormat).toBe(stored);
    const { count, times } = await readAll(source);
    expect(count).toBe(12);
    for (const [i, time] of times.entries()) expect(time).toBeCloseTo(i / 25, 2);
    expect(source.warnings).toEqual([]);
    await source.close();
  });

  it('keeps the full range', async () => {
    const file = path.join(folder, 'full.mp4');
    await makeClip(file, { fullRange: true, crf: 0 });
    const source = await openVideo(file);
    expect(source.info.fullRange).toBe(true);
    expect(source.info.format.name).toBe('yuv420p');
    await readAll(source, (frame) => {
      expect(frame.fullRange).toBe(true);
      expect(wrongSamples(frame)).toBe(0);
    });
    await source.close();
  });
});

describe('a sink', () => {
  it('takes frames that come from elsewhere, and the source frames themselves', async () => {
    const first = path.join(folder, 'first.mkv');
    await makeClip(first, { codec: 'ffv1', frames: 6 });
    const source = await openVideo(first);
    const second = path.join(folder, 'second.mkv');
    const sink = createVideoSink(second, { source, codec: 'ffv1' });
    await sink.open(source.info);
    for await (const frame of source.frames()) {
      if (frame.memory !== 'host') throw new Error('expected a host frame');
      if (frame.index % 2 === 0) {
        await sink.write(frame);
      } else {
        const planes = frame.planes.map((plane) => ({ ...plane, data: Uint8Array.from(plane.data) }));
        const close = () => {};
        await sink.write({ ...frame, memory: 'host', planes, close, clone: () => frame });
        frame.close();
      }
    }
    await sink.finish();
    const copy = await openVideo(second);
    const { count } = await readAll(copy, (frame) => expect(wrongSamples(frame)).toBe(0));
    expect(count).toBe(6);
    await copy.close();
    await source.close();
  });

  it('reuses its frames once it is warm', async () => {
    const file = path.join(folder, 'pool.mp4');
    const format = formatNamed('yuv420p');
    const sink = createVideoSink(file, { source: { format, frameRate: 25 }, preset: 'ultrafast' });
    await sink.open({ width: 300, height: 240 });
    const memory = new Set<number>();
    for (let index = 0; index < 60; index++) {
      const frame = sink.allocate(like(format, index, index / 25));
      paint(frame, index % 3);
      const { buffer } = frame.planes[0].data;
      // A mark in the padding survives in the memory, not in the picture: seeing it again shows that the memory is used again.
      memory.add(addressMark(new Uint8Array(buffer), index));
      await sink.write(frame);
    }
    await sink.finish();
    expect(memory.size).toBeLessThanOrEqual(8);
  });

  it('refuses frames of another size or format', async () => {
    const format = formatNamed('yuv420p');
    const sink = createVideoSink(path.join(folder, 'refuse.mp4'), { source: { format, frameRate: 25 } });
    await sink.open({ width: 64, height: 48 });
    expect(() => sink.allocate(like(formatNamed('gray'), 0, 0))).toThrow(/Expected frames of yuv420p/);
    await sink.abort();
    expect(() => sink.allocate(like(format, 0, 0))).toThrow(/not open/);
  });
});

/** Reads the mark that an earlier frame left in this memory, or leaves one. */
function addressMark(bytes: Uint8Array, index: number): number {
  const at = bytes.length - 4;
  if (bytes[at] === 0xa5 && bytes[at + 1] === 0x5a) return bytes[at + 2];
  bytes.set([0xa5, 0x5a, index], at);
  return index;
}

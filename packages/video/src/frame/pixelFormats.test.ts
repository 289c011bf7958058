import path from 'node:path';
import type { HostFrame, Size } from '@gimbal/core';
import {
  AVCOL_PRI_BT2020,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_BT709,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_SMPTE2084,
  type AVPixelFormat,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo } from '../index.js';
import { formatNamed, scratchFolder } from '../testClips.js';
import { inFormat, picture, writePictures } from '../testPictures.js';
import { FrameConformer } from './frameConformer.js';
import { mapPixelFormat, type PixelMapping, planeShapes } from './pixelFormats.js';

const folder = scratchFolder();

/** Formats that decoders give, by the planar format that holds the same samples. */
const REORDERED = [
  ['yuyv422', 'yuv422p'],
  ['uyvy422', 'yuv422p'],
  ['yvyu422', 'yuv422p'],
  ['nv21', 'yuv420p'],
  ['nv42', 'yuv444p'],
  ['nv20le', 'yuv422p10le'],
  ['y210le', 'yuv422p10le'],
  ['y212le', 'yuv422p12le'],
  ['y216le', 'yuv422p16le'],
  ['yuv420p10be', 'yuv420p10le'],
  ['yuv440p12be', 'yuv440p12le'],
  ['p010be', 'yuv420p10le'],
  ['p216be', 'yuv422p16le'],
  ['xv30le', 'yuv444p10le'],
  ['v30xle', 'yuv444p10le'],
  ['xv36le', 'yuv444p12le'],
  ['xv48le', 'yuv444p16le'],
  ['ayuv64le', 'yuv444p16le'],
  ['ayuv', 'yuv444p'],
  ['vuya', 'yuv444p'],
  ['vuyx', 'yuv444p'],
  ['vyu444', 'yuv444p'],
  ['uyva', 'yuv444p'],
  ['yuv444p10msble', 'yuv444p10le'],
  ['ya8', 'gray'],
  ['gray10be', 'gray10le'],
] as const;

describe.each(REORDERED)('pictures of %s', (stored, planar) => {
  it.each([
    ['without tags', AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED],
    ['of BT.2020', AVCOL_SPC_BT2020_NCL, AVCOL_RANGE_MPEG],
  ])('keep every sample: %s', async (_, matrix, range) => {
    const size = { width: 64, height: 720 };
    const frame = random(planar, size);
    const wanted = samplesOf(frame, planar);
    const other = await inFormat(frame, stored);
    Object.assign(other, { colorSpace: matrix, colorRange: range });
    if (matrix === AVCOL_SPC_BT2020_NCL)
      Object.assign(other, { colorPrimaries: AVCOL_PRI_BT2020, colorTrc: AVCOL_TRC_SMPTE2084 });
    const mapping = mapPixelFormat(other.format as AVPixelFormat) as PixelMapping;
    expect(mapping).toMatchObject({ from: stored, conversion: 'reorder', format: { name: planar } });
    const conformer = new FrameConformer(mapping, size);
    const conformed = await conformer.convert(other);
    expect(differing(samplesOf(conformed, planar), wanted)).toEqual([]);
    expect([conformed.colorSpace, conformed.colorRange]).toEqual([matrix, range]);
    conformed.free();
    conformer.close();
  });
});

/** What files hold. */
const STORED = [
  ['uyvy422', 'yuv422p', 'rawvideo', 'nut'],
  ['uyvy422', 'yuv422p', 'rawvideo', 'mov'],
  ['yuyv422', 'yuv422p', 'rawvideo', 'avi'],
  ['nv21', 'yuv420p', 'rawvideo', 'nut'],
  ['yuv411p', 'yuv411p', 'ffv1', 'mkv'],
  ['yuv410p', 'yuv410p', 'ffv1', 'mkv'],
  ['yuv440p', 'yuv440p', 'ffv1', 'mkv'],
  ['yuv440p10le', 'yuv440p10le', 'ffv1', 'mkv'],
  ['yuv422p10le', 'yuv422p10le', 'v210', 'mov'],
] as const;

describe.each(STORED)('a file of %s (%s, %s in %s)', (stored, planar, encoder, extension) => {
  it.each([
    ['without tags', AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED],
    ['of BT.2020', AVCOL_SPC_BT2020_NCL, AVCOL_RANGE_MPEG],
  ])('keeps every sample and tag: %s', async (_, matrix, range) => {
    const file = path.join(folder, `${extension}-${stored}-${matrix}.${extension}`);
    const frame = random(planar, { width: 64, height: 720 });
    const wanted = samplesOf(frame, planar);
    const written = await inFormat(frame, stored);
    Object.assign(written, { colorSpace: matrix, colorRange: range });
    if (matrix === AVCOL_SPC_BT2020_NCL)
      Object.assign(written, { colorPrimaries: AVCOL_PRI_BT2020, colorTrc: AVCOL_TRC_SMPTE2084 });
    await writePictures(file, [written], { encoder });
    const source = await openVideo(file);
    const { format, storedFormat, stream, notes } = source.info;
    expect({ name: format.name, storedFormat, notes }).toEqual({ name: planar, storedFormat: stored, notes: [] });
    // NUT and AVI have no words for tags.
    expect(stream.color.matrix).toBe(/nut|avi/.test(extension) ? AVCOL_SPC_UNSPECIFIED : matrix);
    if (matrix === AVCOL_SPC_UNSPECIFIED) expect(stream.color.range).toBe(range);
    const copy = path.join(folder, `${extension}-${stored}-${matrix}-copy.mkv`);
    const sink = createVideoSink(copy, { source, codec: 'ffv1' });
    await sink.open(source.info);
    let count = 0;
    for await (const frame of source.frames()) {
      expect(differing(planesOf(frame as HostFrame), wanted)).toEqual([]);
      await sink.write(frame as HostFrame);
      count++;
    }
    await sink.finish();
    expect([count, sink.notes]).toEqual([1, []]);
    await source.close();
    const again = await openVideo(copy);
    const { range: keptRange, matrix: keptMatrix, primaries, transfer } = again.info.stream.color;
    expect(stream.color).toMatchObject({ range: keptRange, matrix: keptMatrix, primaries, transfer });
    for await (const frame of again.frames()) {
      expect(differing(planesOf(frame as HostFrame), wanted)).toEqual([]);
      frame.close();
    }
    await again.close();
  });
});

it.each([
  ['uyvy422', 'rawvideo', 'nut', {}],
  ['yuv411p', 'ffv1', 'mkv', {}],
  ['yuv440p', 'ffv1', 'mkv', {}],
  ['yuv410p', 'ffv1', 'mkv', {}],
  ['nv21', 'rawvideo', 'nut', {}],
  ['yuvj422p', 'mjpeg', 'mkv', { qmin: '1' }],
] as const)(
  'a flat patch of %s reaches an h264 file with its luma and chroma',
  async (pixels, encoder, ext, options) => {
    const [file, out] = [path.join(folder, `patch-${pixels}.${ext}`), path.join(folder, `patch-${pixels}.mp4`)];
    const planar = { uyvy422: 'yuv422p', nv21: 'yuv420p' }[pixels as string] ?? pixels;
    const full = pixels.startsWith('yuvj');
    const patch = () => {
      const frame = picture(planar, 256, 720);
      for (const [i, value] of [63, 102, 240].entries()) (frame.data ?? [])[i].fill(value);
      if (full) frame.colorRange = AVCOL_RANGE_JPEG;
      return frame;
    };
    await writePictures(file, await Promise.all([0, 1, 2].map(() => inFormat(patch(), pixels))), { encoder, options });
    const source = await openVideo(file);
    const sink = createVideoSink(out, { source, crf: 4 });
    await sink.open(source.info);
    for await (const frame of source.frames()) await sink.write(frame as HostFrame);
    await sink.finish();
    await source.close();
    const made = await openVideo(out);
    // JPEG is BT.601 by its own standard, and says so; nobody else said anything.
    if (!full) expect(made.info.stream.color.matrix).toBe(AVCOL_SPC_UNSPECIFIED);
    expect(made.info.stream.color.matrix).not.toBe(AVCOL_SPC_BT709);
    expect(made.info.fullRange).toBe(full);
    for await (const frame of made.frames()) {
      const middles = (frame as HostFrame).planes.map(({ data, stride, width, height }) =>
        data.at(stride * (height >> 1) + (width >> 1)),
      );
      for (const [i, wanted] of [63, 102, 240].entries()) expect(Math.abs((middles[i] ?? 0) - wanted)).toBeLessThan(2);
      frame.close();
    }
    await made.close();
  },
);

/** Noise over the whole range of the format. */
function random(pixels: string, { width, height }: Size): Frame {
  const frame = picture(pixels, width, height);
  const bits = Number(/(\d+)le$/.exec(pixels)?.[1] ?? 8);
  let seed = 12345;
  for (const plane of frame.data ?? []) {
    const words = new DataView(plane.buffer, plane.byteOffset, plane.byteLength);
    for (let at = 0; at + 1 < plane.length; at += bits > 8 ? 2 : 1) {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      // v210 and studio monitors keep the lowest and highest codes for themselves.
      const value = 4 + ((seed >> 8) % ((1 << bits) - 8));
      if (bits > 8) words.setUint16(at, value, true);
      else plane[at] = value;
    }
  }
  return frame;
}

/** Samples of each plane of a picture in a planar format, without padding. */
function samplesOf(frame: Frame, planar: string): Buffer[] {
  const planes = frame.data ?? [];
  return planeShapes(formatNamed(planar), frame).map(({ width, height, bytesPerSample }, i) =>
    withoutPadding(planes[i], frame.linesize[i], width * bytesPerSample, height),
  );
}

function planesOf({ planes }: HostFrame): Buffer[] {
  return planes.map(({ data, stride, width, height, bytesPerSample }) =>
    withoutPadding(data, stride, width * bytesPerSample, height),
  );
}

/** Which planes are not the same. */
function differing(found: Buffer[], wanted: Buffer[]): number[] {
  return wanted.flatMap((plane, i) => (found[i]?.equals(plane) ? [] : [i]));
}

function withoutPadding(data: Uint8Array, stride: number, bytes: number, height: number): Buffer {
  return Buffer.concat(Array.from({ length: height }, (_, y) => data.subarray(y * stride, y * stride + bytes)));
}

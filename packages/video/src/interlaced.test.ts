import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import {
  AV_CODEC_FLAG_INTERLACED_DCT,
  AV_CODEC_FLAG_INTERLACED_ME,
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_TOP_FIELD_FIRST,
} from 'node-av/constants';
import type { CodecContext, Frame } from 'node-av/lib';
import { describe, expect, it } from 'vitest';
import { createVideoSink, type Deinterlace, openVideo } from './index.js';
import { scratchFolder } from './testClips.js';
import { picture, writePictures } from './testPictures.js';

const folder = scratchFolder();
const PAL = { width: 720, height: 576 };
const FRAMES = 8;

/** Luma of a scene that a camera pans across, at a moment counted in fields: blobs and bars, all smooth. */
function lumaAt(x: number, y: number, moment: number): number {
  const [u, v] = [x + 5 * moment, y + 1.5 * moment];
  return 128 + 45 * Math.sin(u / 7) * Math.cos(v / 11) + 40 * Math.sin((u + v) / 5);
}

/** The picture of one moment, or of two fields: `first` rows of `moment`, the others of the next one. */
function scene(pixels: string, moment: number, first?: 'top' | 'bottom'): Frame {
  const frame = picture(pixels, PAL.width, PAL.height);
  const [luma, ...chroma] = frame.data ?? [];
  const [stride] = frame.linesize;
  for (let y = 0; y < PAL.height; y++) {
    const later = first !== undefined && (y % 2 === 0) !== (first === 'top');
    for (let x = 0; x < PAL.width; x++) luma[y * stride + x] = lumaAt(x, y, moment + (later ? 1 : 0));
  }
  for (const plane of chroma) plane.fill(128);
  if (first !== undefined) frame.setFlags(AV_FRAME_FLAG_INTERLACED);
  if (first === 'top') frame.setFlags(AV_FRAME_FLAG_TOP_FIELD_FIRST);
  return frame;
}

const scenes = (count: number, moment: number, first?: 'top' | 'bottom', pixels = 'yuv420p') =>
  Array.from({ length: count }, (_, i) => scene(pixels, moment + 2 * i, first));
const woven = (pixels: string, first: 'top' | 'bottom') => scenes(FRAMES, 0, first, pixels);

const inFields = (context: CodecContext) => context.setFlags(AV_CODEC_FLAG_INTERLACED_DCT, AV_CODEC_FLAG_INTERLACED_ME);
/** What tells a container of fields: 2 and 4 are top first, 3 and 5 bottom first; FFmpeg's program says 4 and 5. */
const saysSo = (order: 2 | 3 | 4 | 5) => (context: CodecContext) => {
  context.setOption('field_order', order);
};

const KINDS = [
  ['MPEG-2, top first', 'mpeg2video', 'ts', 'yuv420p', 'top', inFields, { b: '20M', maxrate: '30M', bufsize: '8M' }],
  [
    'MPEG-2, bottom first',
    'mpeg2video',
    'mpg',
    'yuv420p',
    'bottom',
    inFields,
    { b: '20M', maxrate: '30M', bufsize: '8M' },
  ],
  ['DV', 'dvvideo', 'dv', 'yuv420p', 'bottom', undefined, {}],
  ['DV in AVI', 'dvvideo', 'avi', 'yuv420p', 'bottom', undefined, {}],
  [
    'H.264 by macroblock pairs',
    'libx264',
    'mkv',
    'yuv420p',
    'top',
    inFields,
    { 'x264-params': 'tff=1:log-level=-1', crf: '10' },
  ],
  [
    'H.264, bottom first',
    'libx264',
    'ts',
    'yuv420p',
    'bottom',
    inFields,
    { 'x264-params': 'bff=1:log-level=-1', crf: '10' },
  ],
  [
    'H.264 that only the container says it of',
    'libx264',
    'mkv',
    'yuv420p',
    'top',
    saysSo(2),
    { crf: '10', 'x264-params': 'log-level=-1' },
  ],
  ['HuffYUV that only the container says it of', 'huffyuv', 'mkv', 'yuv422p', 'bottom', saysSo(5), {}],
  ['FFV1', 'ffv1', 'mkv', 'yuv420p', 'top', saysSo(4), {}],
] as const;

/** Of a whole picture. */
const IDEAL_COMB = comb(ideal(0));

describe.each(KINDS)('%s', (name, encoder, extension, pixels, first, encode, options) => {
  const file = path.join(folder, `${name.replaceAll(/\W+/g, '-')}.${extension}`);

  it('becomes whole pictures, one for each, and says so in one line', async () => {
    await writePictures(file, woven(pixels, first), { encoder, encode, options });
    const { frames, times, notes, fieldOrder } = await read(file, 'auto');
    expect(fieldOrder).toBe(`${first} first`);
    expect(notes.filter((note) => /interlaced/.test(note))).toHaveLength(1);
    expect(frames).toHaveLength(FRAMES);
    for (let i = 1; i < times.length; i++) expect(times[i] - times[i - 1]).toBeCloseTo(1 / 25, 2);
    // The moment of a picture is that of its earlier field.
    frames.slice(1, -1).forEach((frame, i) => {
      expect(comb(frame)).toBeLessThan(2 * IDEAL_COMB);
      expect(error(frame, 2 * (i + 1))).toBeLessThan(error(frame, 2 * (i + 1) + 1) / 2);
    });
  });

  it('becomes a picture of each field, in their order, when asked', async () => {
    const { frames, times } = await read(file, 'fields');
    expect(frames).toHaveLength(2 * FRAMES);
    for (let i = 1; i < times.length; i++) expect(times[i] - times[i - 1]).toBeCloseTo(1 / 50, 2);
    frames.slice(2, -2).forEach((frame, i) => {
      expect(error(frame, i + 2)).toBeLessThan(Math.min(error(frame, i + 1), error(frame, i + 3)) / 2);
    });
  });

  it('stays as it is when told so', async () => {
    const { frames, notes } = await read(file, 'off');
    expect(frames).toHaveLength(FRAMES);
    expect(notes.filter((note) => /stay so/.test(note))).toHaveLength(1);
    expect(comb(frames[3])).toBeGreaterThan(10 * IDEAL_COMB);
  });
});

it('whole pictures among interlaced ones stay untouched', async () => {
  const file = path.join(folder, 'mixed.h264');
  const lossless = 'qp=0:log-level=-1';
  const parts = await Promise.all(
    [scenes(3, 0), scenes(3, 6, 'top'), scenes(4, 12)].map(async (pictures, i) => {
      const part = path.join(folder, `part${i}.h264`);
      const fields = i === 1;
      const options = { 'x264-params': fields ? `tff=1:${lossless}` : lossless };
      await writePictures(part, pictures, { encoder: 'libx264', encode: fields ? inFields : undefined, options });
      return readFile(part);
    }),
  );
  await writeFile(file, Buffer.concat(parts));
  const { frames, warnings } = await read(file, 'auto');
  const stored = (await read(file, 'off')).frames;
  expect([frames.length, stored.length]).toEqual([10, 10]);
  expect(warnings).toEqual([expect.stringMatching(/From frame 3 on there are interlaced pictures \(top first\)/)]);
  const same = frames.map((frame, i) => Buffer.from(frame).equals(Buffer.from(stored[i])));
  expect(same).toEqual([true, true, true, false, false, false, true, true, true, true]);
});

it('a clip of whole pictures goes through nothing', async () => {
  const file = path.join(folder, 'whole.mkv');
  await writePictures(
    file,
    [0, 2, 4].map((moment) => scene('yuv420p', moment)),
    { encoder: 'ffv1' },
  );
  const { frames, notes, warnings, fieldOrder } = await read(file, 'auto');
  expect([frames.length, notes, warnings, fieldOrder]).toEqual([3, [], [], undefined]);
  for (const [i, frame] of frames.entries()) expect(error(frame, 2 * i)).toBeLessThan(0.6);
});

it('a file made from fields plays at the field rate', async () => {
  const [file, out] = [path.join(folder, 'rate.dv'), path.join(folder, 'rate.mp4')];
  await writePictures(file, woven('yuv420p', 'bottom'), { encoder: 'dvvideo' });
  const source = await openVideo(file, { deinterlace: 'fields' });
  expect(source.info.frameRate).toBe(50);
  const sink = createVideoSink(out, { source, preset: 'ultrafast' });
  await sink.open(source.info);
  for await (const frame of source.frames()) await sink.write(frame as HostFrame);
  await sink.finish();
  await source.close();
  const made = await openVideo(out);
  expect(made.info).toMatchObject({ frameCount: 2 * FRAMES, fieldOrder: undefined });
  expect(made.info.frameRate).toBeCloseTo(50, 1);
  expect(made.info.duration).toBeCloseTo(FRAMES / 25, 2);
  await made.close();
});

it('refuses another word', async () => {
  await expect(openVideo(path.join(folder, 'rate.dv'), { deinterlace: 'yes' as Deinterlace })).rejects.toMatchObject({
    code: 'GIMBAL_E_INVALID_ARGUMENT',
  });
});

async function read(file: string, deinterlace: Deinterlace) {
  const source = await openVideo(file, { deinterlace });
  const frames: Uint8Array[] = [];
  const times: number[] = [];
  for await (const frame of source.frames()) {
    const [luma] = (frame as HostFrame).planes;
    frames.push(lumaOf(luma.data, luma.stride));
    times.push(frame.time);
    frame.close();
  }
  const { notes, fieldOrder } = source.info;
  await source.close();
  return { frames, times, notes, fieldOrder, warnings: source.warnings.map(({ message }) => message) };
}

function lumaOf(data: Uint8Array, stride: number): Uint8Array {
  const luma = new Uint8Array(PAL.width * PAL.height);
  for (let y = 0; y < PAL.height; y++) luma.set(data.subarray(y * stride, y * stride + PAL.width), y * PAL.width);
  return luma;
}

function ideal(moment: number): Uint8Array {
  return Uint8Array.from({ length: PAL.width * PAL.height }, (_, i) =>
    Math.round(lumaAt(i % PAL.width, Math.floor(i / PAL.width), moment)),
  );
}

/** Mean distance from what the scene is at a moment. */
function error(luma: Uint8Array, moment: number): number {
  let sum = 0;
  for (let i = 0; i < luma.length; i += 7)
    sum += Math.abs(luma[i] - lumaAt(i % PAL.width, Math.floor(i / PAL.width), moment));
  return (7 * sum) / luma.length;
}

/** Energy of what alternates from row to row, relative to all vertical detail. */
function comb(luma: Uint8Array): number {
  const w = PAL.width;
  let [alternating, detail] = [0, 0];
  for (let i = 2 * w; i < luma.length - 2 * w; i++) {
    alternating += (2 * luma[i] - luma[i - w] - luma[i + w]) ** 2;
    detail += (2 * luma[i] - luma[i - 2 * w] - luma[i + 2 * w]) ** 2;
  }
  return alternating / detail;
}

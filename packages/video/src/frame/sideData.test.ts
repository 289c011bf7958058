import path from 'node:path';
import type { Frame, HostFrame } from '@gimbal/core';
import {
  AV_CODEC_FLAG_INTERLACED_DCT,
  AV_CODEC_FLAG_INTERLACED_ME,
  AV_FRAME_DATA_A53_CC,
  AV_FRAME_DATA_DYNAMIC_HDR_PLUS,
  AV_FRAME_DATA_S12M_TIMECODE,
  AV_PKT_DATA_DOVI_CONF,
  AV_PKT_DATA_SPHERICAL,
  AV_PKT_DATA_STEREO3D,
  AVCOL_PRI_BT2020,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_TRC_ARIB_STD_B67,
} from 'node-av/constants';
import type { Frame as NativeFrame } from 'node-av/lib';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo, type VideoCodec } from '../index.js';
import { PictureDecoder } from '../source/pictureDecoder.js';
import { formatNamed, like, scratchFolder } from '../testClips.js';
import { picture, writePictures } from '../testPictures.js';
import { copySamples } from './framePool.js';
import { sideDataOf } from './sideData.js';

const folder = scratchFolder();
const FRAMES = 4;

/** A control pair of CEA-608 in field 1, another one for each picture. */
const captionOf = (index: number) => Buffer.from([0xfc, 0x94, 0x20 + index]);

function gray(pixels = 'yuv420p'): NativeFrame {
  const frame = picture(pixels, 64, 64);
  for (const plane of frame.data ?? []) plane.fill(pixels.endsWith('10le') ? 2 : 128);
  return frame;
}

async function clipWithCaptions(): Promise<string> {
  const file = path.join(folder, 'captions.mkv');
  const pictures = Array.from({ length: FRAMES }, (_, i) => {
    const frame = gray();
    captionOf(i).copy(frame.newSideData(AV_FRAME_DATA_A53_CC, 3));
    return frame;
  });
  await writePictures(file, pictures, { encoder: 'libx264', options: { 'x264-params': 'log-level=-1:bframes=2' } });
  return file;
}

/** Makes every picture anew, as a renderer does, in the place of that of the source. */
async function remade(file: string, out: string, codec: VideoCodec) {
  const source = await openVideo(file);
  const sink = createVideoSink(out, { source, codec, preset: 'ultrafast' });
  await sink.open(source.info);
  for await (const frame of source.frames()) {
    const other = sink.allocate(frame);
    copySamples(frame as HostFrame, other);
    frame.close();
    await sink.write(other);
  }
  await sink.finish();
  await source.close();
  return { sink: sink.notes, source: source.info.notes };
}

async function captionsIn(file: string): Promise<(string | undefined)[]> {
  const decoder = await PictureDecoder.open(file, { threads: 1 });
  const found: (string | undefined)[] = [];
  for (;;) {
    const frame = await decoder.next();
    if (frame === undefined) break;
    found.push(frame.getSideData(AV_FRAME_DATA_A53_CC)?.toString('hex'));
    frame.free();
  }
  await decoder.close();
  return found;
}

describe('captions inside the pictures', () => {
  it.each(['h264', 'h265'] as const)('stay with their pictures in %s', async (codec) => {
    const out = path.join(folder, `captions-${codec}.mp4`);
    const notes = await remade(await clipWithCaptions(), out, codec);
    expect(notes).toEqual({ sink: [], source: [] });
    expect(await captionsIn(out)).toEqual(Array.from({ length: FRAMES }, (_, i) => captionOf(i).toString('hex')));
  });

  it.each([
    ['av1', 'mkv'],
    ['ffv1', 'mkv'],
    ['prores', 'mov'],
  ] as const)('are named where %s has no place for them', async (codec, extension) => {
    const notes = await remade(await clipWithCaptions(), path.join(folder, `none.${codec}.${extension}`), codec);
    expect(notes.sink).toContainEqual(expect.stringMatching(/captions inside the pictures.*no place in/));
  });
});

it('captions of a frame that is a copy in other memory are handed on too', async () => {
  const out = path.join(folder, 'copied.mp4');
  const format = formatNamed('yuv420p');
  const sink = createVideoSink(out, { source: { format, frameRate: 25 }, codec: 'h264', preset: 'ultrafast' });
  await sink.open({ width: 64, height: 64 });
  for (let i = 0; i < FRAMES; i++) {
    const frame = sink.allocate({ ...like(format, i, i / 25), captions: captionOf(i) } as Frame);
    for (const plane of frame.planes) plane.data.fill(128);
    await sink.write(frame);
  }
  await sink.finish();
  expect(await captionsIn(out)).toEqual(Array.from({ length: FRAMES }, (_, i) => captionOf(i).toString('hex')));
});

it('captions of an interlaced picture come once, also where each field becomes a picture', async () => {
  const file = path.join(folder, 'fields.mkv');
  const said = [0, 1, 1, 2, 3];
  const pictures = said.map((caption) => {
    const frame = gray();
    captionOf(caption).copy(frame.newSideData(AV_FRAME_DATA_A53_CC, 3));
    return frame;
  });
  await writePictures(file, pictures, {
    encoder: 'libx264',
    options: { 'x264-params': 'log-level=-1:tff=1' },
    encode: (context) => {
      context.setFlags(AV_CODEC_FLAG_INTERLACED_DCT, AV_CODEC_FLAG_INTERLACED_ME);
    },
  });
  for (const deinterlace of ['auto', 'fields'] as const) {
    const source = await openVideo(file, { deinterlace });
    const found: string[] = [];
    let frames = 0;
    for await (const frame of source.frames()) {
      frames++;
      if (frame.captions !== undefined) found.push(Buffer.from(frame.captions).toString('hex'));
      frame.close();
    }
    await source.close();
    expect(frames).toBe(deinterlace === 'fields' ? 10 : 5);
    expect(found).toEqual(said.map((caption) => captionOf(caption).toString('hex')));
  }
});

describe('what streams and pictures carry', () => {
  it.each([
    ['Dolby Vision', AV_PKT_DATA_DOVI_CONF, 24],
    ['360°', AV_PKT_DATA_SPHERICAL, 48],
    ['3D', AV_PKT_DATA_STEREO3D, 36],
  ])('%s is not claimed by the output, and named', async (name, type, bytes) => {
    const file = path.join(folder, `claim-${type}.mp4`);
    const describe = (stream: { codecpar: { addCodedSideData(type: number, data: Buffer): number } }) =>
      stream.codecpar.addCodedSideData(type, Buffer.alloc(bytes, 0));
    await writePictures(file, [gray(), gray()], { encoder: 'libx264', options: { 'x264-params': 'log-level=-1' } });
    const decoder = await PictureDecoder.open(file, { threads: 1 });
    describe(decoder.file.video as unknown as Parameters<typeof describe>[0]);
    const first = (await decoder.next()) as NativeFrame;
    const { kept, notes } = sideDataOf(decoder.file.video, first);
    expect([kept.has(type), notes.length]).toEqual([false, 1]);
    expect(notes[0]).toContain(name);
    first.free();
    await decoder.close();
  });

  it.each([
    ['HDR10+', AV_FRAME_DATA_DYNAMIC_HDR_PLUS],
    ['time codes', AV_FRAME_DATA_S12M_TIMECODE],
  ])('%s in a picture is named', async (name, type) => {
    const file = path.join(folder, `picture-${type}.mkv`);
    await writePictures(file, [gray()], { encoder: 'ffv1' });
    const decoder = await PictureDecoder.open(file, { threads: 1 });
    const first = (await decoder.next()) as NativeFrame;
    expect(sideDataOf(decoder.file.video, first).notes).toEqual([]);
    first.newSideData(type, 16);
    expect(sideDataOf(decoder.file.video, first).notes).toEqual([expect.stringContaining(name)]);
    first.free();
    await decoder.close();
  });
});

it('ProRes says in every picture what the stream says of its colours', async () => {
  const file = path.join(folder, 'hlg.mkv');
  const pictures = [0, 1].map(() =>
    Object.assign(gray('yuv422p10le'), {
      colorPrimaries: AVCOL_PRI_BT2020,
      colorTrc: AVCOL_TRC_ARIB_STD_B67,
      colorSpace: AVCOL_SPC_BT2020_NCL,
      colorRange: AVCOL_RANGE_MPEG,
    }),
  );
  await writePictures(file, pictures, { encoder: 'ffv1' });
  const out = path.join(folder, 'hlg.mov');
  await remade(file, out, 'prores');
  const decoder = await PictureDecoder.open(out, { threads: 1 });
  const first = (await decoder.next()) as NativeFrame;
  // The decoder reads them from the frame's own header.
  expect([first.colorPrimaries, first.colorTrc, first.colorSpace]).toEqual([
    AVCOL_PRI_BT2020,
    AVCOL_TRC_ARIB_STD_B67,
    AVCOL_SPC_BT2020_NCL,
  ]);
  first.free();
  await decoder.close();
});

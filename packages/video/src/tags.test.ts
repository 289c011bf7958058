import path from 'node:path';
import {
  AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
  AVCHROMA_LOC_LEFT,
  AVCOL_PRI_BT2020,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_RGB,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_SMPTE2084,
} from 'node-av/constants';
import { describe, expect, it } from 'vitest';
import { displayMatrix } from './frame/displayMatrix.js';
import { createVideoSink, openVideo } from './index.js';
import { ffprobe, formatNamed, hasFfprobe, like, makeClip, readAll, scratchFolder } from './testClips.js';
import { picture, writePictures } from './testPictures.js';

const folder = scratchFolder();

/** FFmpeg's AVMasteringDisplayMetadata of a BT.2020 display of 0.005 to 1000 cd/m². */
function masteringDisplay(): Uint8Array {
  const block = new Uint8Array(88);
  const view = new DataView(block.buffer);
  const fractions = [35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450].map((value) => [value, 50000]);
  fractions.push([50, 10000], [10_000_000, 10000]);
  for (const [i, [num, den]] of fractions.entries()) {
    view.setInt32(i * 8, num, true);
    view.setInt32(i * 8 + 4, den, true);
  }
  view.setInt32(80, 1, true);
  view.setInt32(84, 1, true);
  return block;
}

function lightLevel(): Uint8Array {
  return new Uint8Array(Uint32Array.from([1000, 400]).buffer);
}

const HDR = {
  sampleAspectRatio: { num: 4, den: 3 },
  color: {
    range: AVCOL_RANGE_MPEG,
    primaries: AVCOL_PRI_BT2020,
    transfer: AVCOL_TRC_SMPTE2084,
    matrix: AVCOL_SPC_BT2020_NCL,
    chromaLocation: AVCHROMA_LOC_LEFT,
  },
  sideData: new Map<number, Uint8Array>([
    [AV_PKT_DATA_DISPLAYMATRIX, displayMatrix(90)],
    [AV_PKT_DATA_MASTERING_DISPLAY_METADATA, masteringDisplay()],
    [AV_PKT_DATA_CONTENT_LIGHT_LEVEL, lightLevel()],
  ]),
};

describe.each([
  ['h264', 'mp4'],
  ['h265', 'mp4'],
  ['h265', 'mkv'],
  ['av1', 'mp4'],
] as const)('%s in %s', (codec, extension) => {
  it('carries rotation, pixel shape, colour and HDR tags through two generations', async () => {
    const first = path.join(folder, `${codec}-1.${extension}`);
    await makeClip(first, { pixels: 'yuv420p10le', codec, stream: HDR, preset: 'ultrafast', frames: 5 });
    const source = await openVideo(first);
    const second = path.join(folder, `${codec}-2.${extension}`);
    const sink = createVideoSink(second, { source, codec, preset: 'ultrafast' });
    await sink.open(source.info);
    for await (const frame of source.frames()) {
      if (frame.memory === 'host') await sink.write(frame);
    }
    await sink.finish();
    await source.close();
    const copy = await openVideo(second);
    const { stream } = copy.info;
    expect(stream.rotation).toBe(90);
    expect(stream.sampleAspectRatio).toEqual(HDR.sampleAspectRatio);
    expect(stream.color).toEqual(HDR.color);
    expect(stream.sideData.get(AV_PKT_DATA_CONTENT_LIGHT_LEVEL)?.slice(0, 8)).toEqual(lightLevel());
    expect(brightness(stream.sideData.get(AV_PKT_DATA_MASTERING_DISPLAY_METADATA))).toBeCloseTo(1000, 3);
    await copy.close();
    if (!hasFfprobe) return;
    const [probed] = ffprobe(second, '-select_streams v -show_streams').streams;
    expect(probed).toMatchObject({ color_primaries: 'bt2020', color_transfer: 'smpte2084', color_space: 'bt2020nc' });
    expect(JSON.stringify(probed)).toContain('rotation');
    // Older ffprobe programs do not read these messages in H.264.
    if (codec !== 'h265') return;
    const [frame] = ffprobe(second, '-select_streams v -read_intervals %+#1 -show_frames').frames ?? [];
    expect(JSON.stringify(frame)).toContain('Mastering display metadata');
  });
});

/** Largest luminance of a mastering display, cd/m². */
function brightness(block: Uint8Array | undefined): number {
  if (block === undefined) return Number.NaN;
  const view = new DataView(block.buffer, block.byteOffset);
  return view.getInt32(72, true) / view.getInt32(76, true);
}

it('ProRes, which knows no full range, stores the same picture in studio range and says so', async () => {
  const file = path.join(folder, 'full.mov');
  const sink = createVideoSink(file, {
    source: { format: formatNamed('yuv420p'), frameRate: 25, fullRange: true },
    codec: 'prores',
  });
  await sink.open({ width: 64, height: 48 });
  for (let index = 0; index < 2; index++) {
    const frame = sink.allocate(like(formatNamed('yuv420p'), index, index / 25));
    for (const [i, plane] of frame.planes.entries()) plane.data.fill(i === 0 ? 255 : 128);
    await sink.write(frame);
  }
  await sink.finish();
  expect(sink.notes.join()).toMatch(/prores has no full range/);
  const source = await openVideo(file);
  expect(source.info.fullRange).toBe(false);
  await readAll(source, ({ planes: [luma] }) => {
    const words = new DataView(luma.data.buffer, luma.data.byteOffset, luma.data.byteLength);
    expect(Math.abs(words.getUint16(20 * luma.stride + 40, true) - 940)).toBeLessThan(6);
  });
  await source.close();
});

it('gray pictures that call themselves RGB get no tag that luma and chroma cannot have', async () => {
  const file = path.join(folder, 'gray.mov');
  const gray = picture('gray', 64, 48);
  gray.data?.[0].fill(100);
  await writePictures(file, [gray], {
    encoder: 'png',
    describe: ({ codecpar }) => {
      codecpar.colorSpace = AVCOL_SPC_RGB;
    },
  });
  const source = await openVideo(file);
  expect(source.info.stream.color.matrix).toBe(AVCOL_SPC_UNSPECIFIED);
  await source.close();
});

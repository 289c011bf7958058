import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Frame, GimbalError } from '@gimbal/core';
import { addonInfo, allocateHostFrame, createFrameCopier, cudaBridge, deviceMemoryInfo } from '@gimbal/native';
import { nvidiaCodecs, openVideo } from '@gimbal/video';
import { beforeAll, describe, expect, test } from 'vitest';
import { abortedAt } from './abortedAt.js';
import { clip, FRAMES, folder, type Kind, read, samples } from './engineClips.js';

const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`Decoding on CUDA devices: skipped, ${unavailable}`);

const onDevice = (file: string) => openVideo(file, { device: 'cuda', cuda: cudaBridge });

/** What every engine decodes. */
const H264: Kind = { codec: 'h264', pixels: 'yuv420p', width: 320, height: 180 };

/** Whether the device decodes a codec; not every one does, nor does every driver offer it to FFmpeg. */
async function decodes(codec: string): Promise<boolean> {
  const { decoders } = await nvidiaCodecs();
  const found = decoders.find((decoder) => decoder.codec === codec);
  if (found?.usable !== true) console.log(`Decoding ${codec} on the device: none, ${found?.reason}`);
  return found?.usable === true;
}

async function expectSame(file: string, codec: string): Promise<void> {
  const [software, device] = [await openVideo(file), await onDevice(file)];
  const expected = (await decodes(codec))
    ? { name: 'nvdec', device: 0 }
    : { name: 'software', device: undefined, reason: expect.stringContaining(`does not take ${codec}`) };
  expect(device.decoder).toMatchObject(expected);
  const [wanted, made] = [await read(software), await read(device)];
  expect(made.times).toEqual(wanted.times);
  for (const [i, picture] of made.pictures.entries()) {
    expect(picture.map((plane, p) => plane.findIndex((value, at) => value !== wanted.pictures[i][p][at]))).toEqual([
      -1, -1, -1,
    ]);
  }
  expect(device.warnings).toEqual(software.warnings);
  await Promise.all([software.close(), device.close()]);
}

test.skipIf(unavailable === '')(
  'without a device, auto decodes by software and cuda is refused, both with the reason',
  async () => {
    const file = await clip({ codec: 'h264', pixels: 'yuv420p', width: 64, height: 48, frames: 3 });
    const source = await openVideo(file, { device: 'auto', cuda: cudaBridge });
    expect(source.decoder).toMatchObject({ name: 'software', reason: expect.stringContaining(unavailable) });
    expect((await read(source)).times).toHaveLength(3);
    await source.close();
    await expect(onDevice(file)).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_UNAVAILABLE' });
  },
);

describe.skipIf(unavailable !== '')('on a device', () => {
  // Somebody's CUDA work woke the device before, in its own way: FFmpeg must be given a context that it takes.
  beforeAll(async () => {
    await deviceMemoryInfo(0);
  });

  test.each<Kind>([
    { codec: 'h264', pixels: 'yuv420p', width: 640, height: 360 },
    { codec: 'h264', pixels: 'yuv420p', width: 322, height: 182 },
    { codec: 'h265', pixels: 'yuv420p', width: 400, height: 226 },
    { codec: 'h265', pixels: 'yuv420p10le', width: 322, height: 182 },
    { codec: 'av1', pixels: 'yuv420p', width: 333, height: 187 },
    { codec: 'av1', pixels: 'yuv420p10le', width: 320, height: 180 },
  ])('$codec $pixels $width×$height is what software decodes, bit for bit and tick for tick', async (kind) => {
    await expectSame(await clip(kind), kind.codec === 'h265' ? 'hevc' : kind.codec);
  });

  test.each<Kind>([
    { codec: 'prores', pixels: 'yuv422p10le', width: 320, height: 180, file: 'clip.mov' },
    { codec: 'ffv1', pixels: 'yuv420p', width: 33, height: 17 },
  ])('$codec is decoded by software, which is told', async (kind) => {
    const source = await onDevice(await clip(kind));
    expect(source.decoder).toMatchObject({ name: 'software', reason: expect.stringContaining(kind.codec) });
    expect((await read(source)).times).toHaveLength(FRAMES);
    await source.close();
  });

  test('h264 of 4:2:2 is the same whoever decodes it', async () => {
    const file = await clip({ codec: 'h264', pixels: 'yuv422p', width: 320, height: 180 });
    const [software, device] = [await openVideo(file), await onDevice(file)];
    expect((await read(device)).pictures).toEqual((await read(software)).pictures);
    await Promise.all([software.close(), device.close()]);
  });

  test('a second pass gives the same again, and so do two sources at once', async () => {
    const file = await clip({ codec: 'h264', pixels: 'yuv420p', width: 322, height: 182 });
    const [a, b] = [await onDevice(file), await onDevice(file)];
    const [first, other] = await Promise.all([read(a), read(b)]);
    const second = await read(a);
    expect(second).toEqual(first);
    expect(other).toEqual(first);
    await Promise.all([a.close(), b.close()]);
  });

  test('frames may be held for long, and cloned, without holding the decoder up', async () => {
    const file = await clip({ ...H264, frames: 80, file: 'long.mkv' });
    const source = await onDevice(file);
    const held: Frame[] = [];
    for await (const frame of source.frames()) {
      held.push(frame.clone());
      frame.close();
    }
    expect(held).toHaveLength(80);
    const places = held.map((frame) => (frame.memory === 'cuda' ? frame.planes[0].pointer : 0n));
    expect(new Set(places).size).toBe(80);
    const copier = createFrameCopier(0);
    const software = await read(await openVideo(file));
    for (const [i, frame] of held.entries()) {
      const host = allocateHostFrame(frame.format, frame, frame);
      await copier.copy(frame, host);
      frame.close();
      expect(samples(host)[0]).toEqual(software.pictures[i][0]);
    }
    await copier.dispose();
    await source.close();
  });

  test('a pass is ended in mid-clip by its signal, by its consumer and by closing the source', async () => {
    const file = await clip(H264);
    const source = await onDevice(file);
    await expect(abortedAt(source, 5)).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    for await (const frame of source.frames()) {
      frame.close();
      if (frame.index === 5) break;
    }
    expect((await read(source)).times).toHaveLength(FRAMES);
    const frames = source.frames();
    ((await frames.next()).value as Frame).close();
    await source.close();
    await expect(frames.next()).rejects.toThrow(GimbalError);
  });

  test('a clip that is cut off ends as with software', async () => {
    const whole = await clip({ ...H264, frames: 60, file: 'whole.mkv' });
    const cut = path.join(folder, 'cut.mkv');
    copyFileSync(whole, cut);
    truncateSync(cut, Math.floor(readFileSync(whole).length / 2));
    const [software, device] = [await openVideo(cut), await onDevice(cut)];
    const [wanted, made] = [await read(software), await read(device)];
    expect(wanted.times.length).toBeLessThan(60);
    expect(Math.abs(made.times.length - wanted.times.length)).toBeLessThanOrEqual(1);
    expect(device.warnings.map(({ code }) => code)).toEqual(software.warnings.map(({ code }) => code));
    await Promise.all([software.close(), device.close()]);
  });

  test('a clip with damage inside is read to its end', async () => {
    const whole = await clip({ ...H264, frames: 60, file: 'whole.mp4' });
    const bytes = readFileSync(whole);
    for (let i = 0; i < 40; i++) bytes.writeUInt8(i * 5, Math.floor(bytes.length * 0.6) + i);
    const damaged = path.join(folder, 'damaged.mp4');
    writeFileSync(damaged, bytes);
    const [software, device] = [await openVideo(damaged), await onDevice(damaged)];
    const [wanted, made] = [await read(software), await read(device)];
    expect(made.times).toEqual(wanted.times);
    expect(device.warnings).toEqual(software.warnings);
    await Promise.all([software.close(), device.close()]);
  });
});

import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import { smallDisk } from '@gimbal/fixtures';
import { afterAll, describe, expect, it } from 'vitest';
import { createVideoSink, type HostSinkOptions, openVideo, type VideoSink } from './index.js';
import { formatNamed, like, makeClip, paint, readAll, scratchFolder } from './testClips.js';

const folder = scratchFolder();
const inFolder = (...names: string[]) => path.join(folder, ...names);
const format = formatNamed('yuv420p');
const plain: HostSinkOptions = { source: { format, frameRate: 25 }, preset: 'ultrafast' };
const hidden = (of = folder) => readdirSync(of).filter((name) => name.startsWith('.'));

function expectRefused(file: string, options: HostSinkOptions, code: string): void {
  expect(() => createVideoSink(file, options)).toThrow(expect.objectContaining({ code }));
}

function newFrame(sink: VideoSink, index: number): HostFrame {
  const frame = sink.allocate(like(format, index, index / 25));
  paint(frame);
  return frame;
}

describe('createVideoSink refuses', () => {
  it('an output that exists, unless told to overwrite it', async () => {
    writeFileSync(inFolder('there.mp4'), 'precious');
    expectRefused(inFolder('there.mp4'), plain, 'GIMBAL_E_OUTPUT_EXISTS');
    await createVideoSink(inFolder('there.mp4'), { ...plain, overwrite: true }).abort();
    expect(readFileSync(inFolder('there.mp4'), 'utf8')).toBe('precious');
  });

  it('the input itself, also under another name', async () => {
    await makeClip(inFolder('input.mp4'));
    const source = await openVideo(inFolder('input.mp4'));
    symlinkSync('input.mp4', inFolder('symbolic.mp4'));
    linkSync(inFolder('input.mp4'), inFolder('hard.mp4'));
    for (const name of ['input.mp4', 'symbolic.mp4', 'hard.mp4', 'there/../input.mp4']) {
      mkdirSync(inFolder('there'), { recursive: true });
      expectRefused(inFolder(name), { source, overwrite: true }, 'GIMBAL_E_OUTPUT_IS_INPUT');
    }
    await source.close();
  });

  it('a folder that is not there, a directory, a device', () => {
    expectRefused(inFolder('absent', 'out.mp4'), plain, 'GIMBAL_E_OUTPUT_UNWRITABLE');
    mkdirSync(inFolder('directory.mp4'));
    expectRefused(inFolder('directory.mp4'), plain, 'GIMBAL_E_OUTPUT_UNWRITABLE');
    symlinkSync('/dev/null', inFolder('device.mp4'));
    expectRefused(inFolder('device.mp4'), { ...plain, overwrite: true }, 'GIMBAL_E_OUTPUT_UNWRITABLE');
  });

  it.skipIf(process.getuid?.() === 0)('a folder without write permission', () => {
    mkdirSync(inFolder('locked'));
    chmodSync(inFolder('locked'), 0o500);
    expectRefused(inFolder('locked', 'out.mp4'), plain, 'GIMBAL_E_OUTPUT_UNWRITABLE');
  });

  it('names, codecs, presets and qualities that it does not know', () => {
    const refused = (name: string, options: Partial<HostSinkOptions>) =>
      expectRefused(inFolder(name), { ...plain, ...options } as HostSinkOptions, 'GIMBAL_E_INVALID_ARGUMENT');
    refused('out.avi', {});
    refused('out', {});
    refused('out.webm', { codec: 'h264' });
    refused('out.mp4', { pixelFormat: 'yuv42' });
    refused('out.mp4', { codec: 'prores' });
    refused('out.mp4', { codec: 'mpeg1' as 'h264' });
    refused('out.mp4', { preset: 'fastest' });
    refused('out.mp4', { crf: 52 });
    refused('out.mp4', { source: { format, frameRate: 0 } });
  });
});

describe('an output under way', () => {
  it('appears only when it is finished, and leaves nothing beside it', async () => {
    const own = inFolder('appear');
    mkdirSync(own);
    const sink = createVideoSink(path.join(own, 'out.mp4'), plain);
    expect(readdirSync(own)).toEqual([]);
    await sink.open({ width: 64, height: 48 });
    for (let i = 0; i < 5; i++) await sink.write(newFrame(sink, i));
    expect(readdirSync(own)).toEqual(hidden(own));
    await sink.finish();
    expect(readdirSync(own)).toEqual(['out.mp4']);
    await sink.abort();
    expect(readdirSync(own)).toEqual(['out.mp4']);
  });

  it.each([0, 1, 30])('is gone after abort() with %i frames written', async (count) => {
    const own = inFolder(`abort-${count}`);
    mkdirSync(own);
    const sink = createVideoSink(path.join(own, 'out.mp4'), plain);
    await sink.open({ width: 64, height: 48 });
    const writing = Array.from({ length: count }, (_, i) => sink.write(newFrame(sink, i)).catch(() => {}));
    await Promise.all([sink.abort(), ...writing]);
    await sink.abort();
    expect(readdirSync(own)).toEqual([]);
    await expect(sink.finish()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  });

  it('is gone when abort() comes while it is being opened', async () => {
    const own = inFolder('abort-open');
    mkdirSync(own);
    const sink = createVideoSink(path.join(own, 'out.mp4'), plain);
    const opening = sink.open({ width: 64, height: 48 });
    await Promise.all([expect(opening).rejects.toThrow(), sink.abort()]);
    expect(readdirSync(own)).toEqual([]);
  });

  it('is gone when abort() comes while it is being finished', async () => {
    const own = inFolder('abort-finish');
    mkdirSync(own);
    const sink = createVideoSink(path.join(own, 'out.mp4'), { ...plain, preset: 'slow' });
    await sink.open({ width: 320, height: 240 });
    for (let i = 0; i < 40; i++) await sink.write(newFrame(sink, i));
    const finishing = sink.finish();
    await Promise.all([expect(finishing).rejects.toThrow(), sink.abort()]);
    expect(readdirSync(own)).toEqual([]);
  });

  it('does not replace a file that appeared meanwhile', async () => {
    const sink = createVideoSink(inFolder('race.mp4'), plain);
    await sink.open({ width: 64, height: 48 });
    await sink.write(newFrame(sink, 0));
    writeFileSync(inFolder('race.mp4'), 'precious');
    await expect(sink.finish()).rejects.toMatchObject({ code: 'GIMBAL_E_OUTPUT_EXISTS' });
    expect(readFileSync(inFolder('race.mp4'), 'utf8')).toBe('precious');
    expect(hidden()).toEqual([]);
  });

  it('replaces the file behind a link when told to overwrite', async () => {
    writeFileSync(inFolder('target.mp4'), 'old');
    symlinkSync('target.mp4', inFolder('link.mp4'));
    const sink = createVideoSink(inFolder('link.mp4'), { ...plain, overwrite: true });
    await sink.open({ width: 64, height: 48 });
    await sink.write(newFrame(sink, 0));
    await sink.finish();
    const source = await openVideo(inFolder('target.mp4'));
    expect((await readAll(source)).count).toBe(1);
    await source.close();
  });
});

describe('odd sizes', () => {
  it('lose one row and column where the codec wants even ones, and say so', async () => {
    const sink = await makeClip(inFolder('odd.mp4'), { width: 65, height: 47, preset: 'ultrafast' });
    expect(sink.notes).toEqual(['yuv420p needs even sizes here: the picture of 65×47 is cut to 64×46.']);
    const source = await openVideo(inFolder('odd.mp4'));
    expect(source.info).toMatchObject({ width: 64, height: 46 });
    await source.close();
  });

  it('stay where the codec takes them', async () => {
    await makeClip(inFolder('odd-av1.mp4'), { width: 65, height: 47, codec: 'av1', preset: '12' });
    const source = await openVideo(inFolder('odd-av1.mp4'));
    expect(source.info).toMatchObject({ width: 65, height: 47 });
    await source.close();
  });

  it.each(['h264', 'h265', 'av1'] as const)('1×1 gets an answer from %s', async (codec) => {
    const sink = createVideoSink(inFolder(`one-${codec}.mp4`), { ...plain, codec });
    await expect(sink.open({ width: 1, height: 1 })).rejects.toThrow(/too small for .* ffv1/);
    await sink.abort();
    expect(hidden()).toEqual([]);
  });
});

describe('a full disk', () => {
  const small = smallDisk(inFolder('disk'), '192k');
  afterAll(small.remove);

  it('is called by its name and leaves nothing behind', async ({ skip }) => {
    const disk = small.folder(skip);
    const sink = createVideoSink(path.join(disk, 'out.mp4'), { ...plain, crf: 0 });
    const run = async () => {
      await sink.open({ width: 320, height: 240 });
      for (let i = 0; i < 100; i++) await sink.write(newFrame(sink, i));
      await sink.finish();
    };
    await expect(run()).rejects.toMatchObject({ code: 'GIMBAL_E_DISK_FULL' });
    await sink.abort();
    expect(readdirSync(disk)).toEqual([]);
  });
});

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ClipMotion, type Frame, type FrameSink, type HostFrame, stabilize } from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { smallDisk } from '@gimbal/fixtures';
import { createRenderer, ThreadSink } from '@gimbal/native';
import { createSmoother } from '@gimbal/smoothers';
import { createVideoSink, openVideo, pixelFormat } from '@gimbal/video';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sideBySide } from '../src/stabilize/sideBySide.js';
import type { EncodeOptions } from '../src/thread/encodeMessages.js';
import { createThreadSink } from '../src/thread/threadSink.js';
import { shakyClip, writeTone } from './clips.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-encode-'));
const inFolder = (...names: string[]) => path.join(folder, ...names);
const clip = inFolder('shaky.mp4');
const size = { width: 160, height: 120 };
const format = pixelFormat('yuv420p');
if (format === undefined) throw new Error('There is no yuv420p.');
const plain: EncodeOptions = { source: { format, frameRate: 30 }, preset: 'ultrafast' };
beforeAll(() => shakyClip(clip, { frames: 60, size }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const like = (index: number) => ({ format, index, time: index / 30, fullRange: false }) as Frame;

async function write(sink: FrameSink, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    const frame = (await sink.allocate(like(index))) as HostFrame;
    for (const [i, { data }] of frame.planes.entries()) data.fill((index * 7 + i * 50) % 256);
    await sink.write(frame);
  }
}

/** Renders every frame of a file into the sink, as a run whose device has failed does. */
async function rendered(file: string, sinkFor: (options: EncodeOptions) => FrameSink & { notes: readonly string[] }) {
  const source = await openVideo(file);
  const renderer = createRenderer({ device: 'cpu', interpolation: 'bicubic', border: 'replicate' });
  // With slower presets libx264 does not encode small pictures alike twice, whoever calls it.
  const sink = sinkFor({ source, crf: 20, preset: 'superfast', threads: 2 });
  await sink.open(source.info);
  let index = 0;
  for await (const frame of source.frames()) {
    const target = await sink.allocate(frame);
    const homographies = Float64Array.of(1, 0, (index++ % 5) / 2, 0, 1, 1.25, 0, 0, 1);
    await renderer.render(frame, target, { rows: 1, cols: 1, homographies });
    frame.close();
    await sink.write(target);
  }
  await sink.finish();
  await renderer.dispose?.();
  await source.close();
  return sink.notes;
}

/** Both sinks' outputs of the same file. */
async function both(file: string, ext: string) {
  const [here, there] = [inFolder(`here${ext}`), inFolder(`there${ext}`)];
  const notes = await rendered(file, (options) => createVideoSink(here, { ...options, overwrite: true }));
  const threadNotes = await rendered(file, (options) => createThreadSink(there, { ...options, overwrite: true }));
  expect(threadNotes).toEqual(notes);
  return [readFileSync(here), readFileSync(there)];
}

test('the file is the same, byte for byte, whichever thread writes it', async () => {
  const [here, there] = await both(clip, '.mp4');
  expect(there.equals(here)).toBe(true);
});

const hasFfmpeg = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
if (!hasFfmpeg) console.warn('Skipping a clip with sound and uneven times: the ffmpeg program is not installed.');
test.skipIf(!hasFfmpeg)('so it is with sound, tags and uneven time stamps', async () => {
  writeTone(inFolder('tone.wav'));
  const uneven = inFolder('uneven.mp4');
  const filter = ['-vf', "select='mod(n,3)',rotate=0", '-vsync', 'vfr', '-metadata', 'title=Uneven'];
  const inputs = ['-i', clip, '-i', inFolder('tone.wav'), '-shortest'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, ...filter, uneven]);
  const [here, there] = await both(uneven, '.mp4');
  expect(there.equals(here)).toBe(true);
});

test('a whole run, side by side, writes the same file, and leaves nothing when it is interrupted', async () => {
  const runtime = { platform: process.platform, arch: process.arch, threads: 2, device: 'cpu' } as const;
  const own = inFolder('runs');
  mkdirSync(own);
  let motion: ClipMotion | undefined;
  const run = async (make: (file: string, options: EncodeOptions) => FrameSink, name: string, stopAt?: number) => {
    const file = path.join(own, name);
    const source = await openVideo(clip);
    const estimator = await classical.create(classical.parseOptions({}), { runtime });
    const parts = sideBySide(
      createRenderer({ device: 'cpu' }),
      make(file, { source, preset: 'superfast', threads: 2 }),
    );
    const stop = new AbortController();
    const { signal } = stop;
    const onProgress = ({ stage, done }: { stage: string; done: number }) => {
      if (stage === 'render' && done === stopAt) stop.abort();
    };
    const options = {
      source,
      estimator,
      motion,
      smoother: createSmoother('gaussian', {}),
      ...parts,
      signal,
      onProgress,
    };
    try {
      ({ motion } = await stabilize(options));
    } finally {
      await Promise.all([estimator.dispose?.(), parts.renderer.dispose?.(), source.close()]);
    }
    return readFileSync(file);
  };
  const here = await run(createVideoSink, 'here.mp4');
  const there = await run(createThreadSink, 'there.mp4');
  expect(there.equals(here)).toBe(true);
  await expect(run(createThreadSink, 'stopped.mp4', 25)).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  expect(readdirSync(own).sort()).toEqual(['here.mp4', 'there.mp4']);
});

test('what a video sink refuses at once is refused at once', async () => {
  const source = await openVideo(clip);
  const refused = (file: string, options: EncodeOptions, code: string) =>
    expect(() => createThreadSink(file, options)).toThrow(expect.objectContaining({ code }));
  writeFileSync(inFolder('exists.mp4'), 'precious');
  refused(inFolder('exists.mp4'), plain, 'GIMBAL_E_OUTPUT_EXISTS');
  refused(clip, { source, overwrite: true }, 'GIMBAL_E_OUTPUT_IS_INPUT');
  refused(inFolder('absent', 'out.mp4'), plain, 'GIMBAL_E_OUTPUT_UNWRITABLE');
  refused(inFolder('out.avi'), plain, 'GIMBAL_E_INVALID_ARGUMENT');
  await source.close();
});

test('the output appears only when it is finished, and only once', async () => {
  const own = inFolder('appear');
  mkdirSync(own);
  const sink = createThreadSink(path.join(own, 'out.mp4'), plain);
  await sink.open(size);
  await write(sink, 0, 20);
  expect(readdirSync(own)).toHaveLength(1);
  expect(readdirSync(own)[0]).toMatch(/^\.out\.gimbal/);
  await sink.finish();
  expect(readdirSync(own)).toEqual(['out.mp4']);
  await expect(sink.finish()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  await sink.abort();
  expect(readdirSync(own)).toEqual(['out.mp4']);
});

test.each([0, 1, 30])('nothing is left after abort() with %i frames written', async (count) => {
  const own = inFolder(`abort-${count}`);
  mkdirSync(own);
  const sink = createThreadSink(path.join(own, 'out.mp4'), plain);
  await sink.open(size);
  const writing = write(sink, 0, count).catch(() => undefined);
  if (count < 30) await writing;
  await Promise.all([sink.abort(), writing]);
  expect(readdirSync(own)).toEqual([]);
  await expect(sink.finish()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
});

test('a size that the codec cannot take, and a file that appeared meanwhile', async () => {
  const own = inFolder('late');
  mkdirSync(own);
  const small = createThreadSink(path.join(own, 'small.mp4'), plain);
  await expect(small.open({ width: 1, height: 1 })).rejects.toThrow(/too small for .* ffv1/);
  await small.abort();
  const sink = createThreadSink(path.join(own, 'out.mp4'), plain);
  await sink.open(size);
  await write(sink, 0, 3);
  writeFileSync(path.join(own, 'out.mp4'), 'precious');
  await expect(sink.finish()).rejects.toMatchObject({ code: 'GIMBAL_E_OUTPUT_EXISTS' });
  expect(readdirSync(own)).toEqual(['out.mp4']);
  expect(readFileSync(path.join(own, 'out.mp4'), 'utf8')).toBe('precious');
});

describe('a full disk', () => {
  const small = smallDisk(inFolder('disk'), '192k');
  afterAll(small.remove);

  test('is called by its name and leaves nothing behind', async ({ skip }) => {
    const disk = small.folder(skip);
    const sink = createThreadSink(path.join(disk, 'out.mp4'), { ...plain, crf: 0 });
    const run = async () => {
      await sink.open({ width: 320, height: 240 });
      for (let index = 0; index < 200; index++) {
        const frame = sink.allocate(like(index));
        for (const { data } of frame.planes)
          for (let i = 0; i < data.length; i++) data[i] = (i * 7919 * (index + 3)) >> 5;
        await sink.write(frame);
      }
      await sink.finish();
    };
    await expect(run()).rejects.toMatchObject({ code: 'GIMBAL_E_DISK_FULL' });
    await sink.abort();
    expect(readdirSync(disk)).toEqual([]);
  });
});

/** Runs a module that has `sink`, open, of the built package; gives its exit code and what it printed. */
function child(file: string, code: string): Promise<{ code: number; printed: string; said: string }> {
  const built = (name: string) => pathToFileURL(path.resolve(import.meta.dirname, `../../${name}/dist/index.js`)).href;
  const head = `import { createThreadSink } from '${built('pipeline')}';
import { pixelFormat } from '${built('video')}';
const format = pixelFormat('yuv420p');
const sink = createThreadSink(${JSON.stringify(file)}, { source: { format, frameRate: 30 }, preset: 'medium' });
const write = async (index) => sink.write(sink.allocate({ format, index, time: index / 30 }));`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', `${head}\n${code}`], (error, printed, said) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), printed, said });
    });
  });
}

test('a process that exits in the midst of encoding does so with its own code, and leaves nothing', {
  timeout: 60_000,
}, async () => {
  const own = inFolder('exits');
  mkdirSync(own);
  const file = path.join(own, 'out.mp4');
  const opened = 'await sink.open({ width: 640, height: 480 });';
  const codes = [
    'process.exit(3);',
    'sink.open({ width: 640, height: 480 }).catch(() => undefined); setTimeout(() => process.exit(3), 90);',
    `${opened} for (let i = 0; i < 100; i++) { await write(i); if (i === 30) process.exit(3); }`,
    `${opened} for (let i = 0; i < 40; i++) await write(i); sink.finish().catch(() => undefined); setTimeout(() => process.exit(3), 20);`,
  ];
  for (const code of codes) {
    expect(await child(file, code)).toEqual({ code: 3, printed: '', said: '' });
    expect(readdirSync(own)).toEqual([]);
  }
  // A sink that nobody waits for does not keep the process.
  expect(await child(file, `${opened} await write(0);`)).toEqual({ code: 0, printed: '', said: '' });
  expect(readdirSync(own)).toEqual([]);
});

test('what a thread that is gone has written is removed', async () => {
  const own = inFolder('dies');
  mkdirSync(own);
  const file = path.join(own, 'out.mp4');
  // What is done when the thread tells of its end.
  const code = `await sink.open({ width: 64, height: 48 });
await write(0);
const { readdirSync } = await import('node:fs');
console.log(readdirSync(${JSON.stringify(own)}).length);
sink.lose(new Error('out of memory'));
for (const call of [write(1), sink.finish()]) await call.catch(({ code }) => console.log(code));
await sink.abort();
console.log(readdirSync(${JSON.stringify(own)}).length);`;
  expect(await child(file, code)).toMatchObject({ printed: '1\nGIMBAL_E_ENCODE\nGIMBAL_E_ENCODE\n0\n', said: '' });
});

test('it is the sink of the thread', () => {
  const sink = createThreadSink(inFolder('unused.mp4'), plain);
  expect(sink).toBeInstanceOf(ThreadSink);
  return sink.abort();
});

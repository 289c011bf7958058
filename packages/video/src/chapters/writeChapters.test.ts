import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { smallDisk } from '@gimbal/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVideoSink, openVideo, type VideoSink } from '../index.js';
import { containerFor } from '../sink/container.js';
import { openInputFile } from '../source/inputFile.js';
import { makeClip, readAll, scratchFolder, wrongSamples } from '../testClips.js';
import type { Chapter } from './chapter.js';
import { readChapters } from './readChapters.js';
import { writeChapters } from './writeChapters.js';

const folder = scratchFolder();
const inFolder = (...names: string[]) => path.join(folder, ...names);
const { signal } = new AbortController();

async function mark(file: string, chapters: readonly Chapter[], under = signal): Promise<string[]> {
  const notes: string[] = [];
  await writeChapters(chapters, { file, name: file, container: containerFor(file, 'h264'), signal: under }, notes);
  return notes;
}

async function chaptersOf(file: string): Promise<Chapter[]> {
  const input = await openInputFile(file);
  const notes: string[] = [];
  try {
    return await readChapters(input, file, notes);
  } finally {
    await input.context.closeInput();
    expect(notes).toEqual([]);
  }
}

async function filledSink(input: string, output: string): Promise<{ sink: VideoSink; close: () => Promise<void> }> {
  const source = await openVideo(input);
  const sink = createVideoSink(output, { source, preset: 'ultrafast' });
  await sink.open(source.info);
  for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
  return { sink, close: () => source.close() };
}

const CONTAINERS = ['mp4', 'mov', 'm4v', 'mkv'];
const chapters: Chapter[] = [
  { start: 0.04, end: 0.2, title: 'One' },
  { start: 0.2, end: 50_000, title: 'Zwei ü' },
];
/** 400 kB of titles. */
const long = Array.from({ length: 100 }, (_, i) => ({ start: i / 100, end: (i + 1) / 100, title: 'x'.repeat(4000) }));

describe.each(CONTAINERS)('chapters in %s', (extension) => {
  const file = inFolder(`plain.${extension}`);
  beforeAll(async () => {
    await makeClip(file, { crf: 0, preset: 'ultrafast' });
  });

  it('come back, and the pictures are what they were', async () => {
    expect(await chaptersOf(file)).toEqual([]);
    expect(await mark(file, chapters)).toEqual([]);
    expect(await chaptersOf(file)).toEqual(chapters);
    const source = await openVideo(file);
    const { count } = await readAll(source, (frame) => expect(wrongSamples(frame)).toBe(0));
    expect(count).toBe(10);
    expect(source.warnings).toEqual([]);
    await source.close();
  });

  it('may be many and long', async () => {
    await makeClip(inFolder(`long.${extension}`), { crf: 0, preset: 'ultrafast' });
    expect(await mark(inFolder(`long.${extension}`), long)).toEqual([]);
    const read = await chaptersOf(inFolder(`long.${extension}`));
    expect(read.map(({ title }) => title)).toEqual(long.map(({ title }) => title));
    for (const [i, { start }] of read.entries()) expect(start).toBeCloseTo(long[i].start, 4);
    const source = await openVideo(inFolder(`long.${extension}`));
    await readAll(source, (frame) => expect(wrongSamples(frame)).toBe(0));
    await source.close();
  });

  it('are left out with a note where the file is not as expected, and the file stays as it is', async () => {
    const odd = inFolder(`odd.${extension}`);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(300), Buffer.from('x'.repeat(100))]) {
      writeFileSync(odd, bytes);
      expect(await mark(odd, chapters)).toEqual(['The chapter marks find no place in the output and are left out.']);
      expect(readFileSync(odd)).toEqual(bytes);
    }
  });

  it('leave no file behind or a whole one, whenever abort() comes', async () => {
    let published = 0;
    for (let delay = 0; delay < 12; delay++) {
      const own = inFolder(`abort-${extension}-${delay}`);
      mkdirSync(own);
      const output = path.join(own, `out.${extension}`);
      const { sink, close } = await filledSink(inFolder(`long.${extension}`), output);
      const finishing = sink.finish().then(
        () => true,
        () => false,
      );
      await wait(delay);
      await sink.abort();
      const done = await finishing;
      await close();
      expect(readdirSync(own)).toEqual(done ? [`out.${extension}`] : []);
      if (done) expect(await chaptersOf(output)).toHaveLength(100);
      if (done) published++;
    }
    expect(published).toBeLessThan(12);
  });
});

it('stops storing when aborted', async () => {
  await makeClip(inFolder('stop.mp4'), { preset: 'ultrafast' });
  await expect(mark(inFolder('stop.mp4'), chapters, AbortSignal.abort())).rejects.toMatchObject({
    code: 'GIMBAL_E_CANCELLED',
  });
});

it('a file that may not be opened is called unwritable', async () => {
  expect(existsSync(inFolder('absent.mkv'))).toBe(false);
  await expect(mark(inFolder('absent.mkv'), chapters)).rejects.toMatchObject({ code: 'GIMBAL_E_OUTPUT_UNWRITABLE' });
});

describe('a full disk', () => {
  const small = smallDisk(inFolder('disk'), '256k');
  afterAll(small.remove);

  it.for(CONTAINERS)('is called by its name when the chapters fill it (%s)', async (extension, { skip }) => {
    const disk = small.folder(skip);
    const { sink, close } = await filledSink(inFolder(`long.${extension}`), path.join(disk, `out.${extension}`));
    await expect(sink.finish()).rejects.toMatchObject({
      code: 'GIMBAL_E_DISK_FULL',
      message: expect.stringContaining('chapter'),
    });
    await sink.abort();
    await close();
    expect(readdirSync(disk)).toEqual([]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { mutate, type Recording, randomNumbers, writeRecording } from '@gimbal/fixtures';
import { expect, it } from 'vitest';
import { writeChapters } from './chapters/writeChapters.js';
import { createVideoSink, openVideo } from './index.js';
import { containerFor } from './sink/container.js';
import { makeClip, scratchFolder } from './testClips.js';

const folder = scratchFolder();
/** Milliseconds of trying, for all containers together, and the files that are tried however long they take. */
const BUDGET = 16_000;
const LEAST = 240;
/** A file of a few kilobytes that takes longer than this hangs. */
const PATIENCE = 10_000;

const CHAPTERS = ['One', 'Two', 'Three'].map((title, i) => ({ start: i / 10, end: (i + 1) / 10, title }));

/** Reads a file, and writes what could be read; only a GimbalError may stop it. */
async function readAndWrite(file: string, output: string): Promise<'read' | 'refused'> {
  try {
    const source = await openVideo(file, { threads: 2 });
    const sink = createVideoSink(output, { source, codec: 'ffv1', overwrite: true });
    try {
      const small = source.info.width * source.info.height <= 320 * 240;
      if (small) await sink.open(source.info);
      let last = Number.NEGATIVE_INFINITY;
      for await (const frame of source.frames()) {
        expect(frame.time).toBeGreaterThan(last);
        last = frame.time;
        if (small && frame.memory === 'host') await sink.write(frame);
        else frame.close();
        if (frame.index > 60) break;
      }
      if (small) await sink.finish();
    } finally {
      await sink.abort();
      await source.close();
    }
    return 'read';
  } catch (error) {
    // What is wrong with the file is said of the file: the output is not to blame, nor is the encoder.
    if (!GimbalError.isInstance(error) || !error.code.startsWith('GIMBAL_E_INPUT_')) throw error;
    return 'refused';
  }
}

it(
  'damaged files neither crash nor hang the reader',
  async () => {
    const originals: [string, Buffer][] = [];
    for (const [name, codec] of [
      ['a.mp4', 'h264'],
      ['b.mkv', 'h265'],
      ['c.mkv', 'ffv1'],
      ['d.webm', 'av1'],
      ['e.mov', 'prores'],
    ] as const) {
      const file = path.join(folder, name);
      await makeClip(file, { codec, frames: 8, preset: 'ultrafast' });
      const target = { file, name, container: containerFor(name, codec), signal: new AbortController().signal };
      await writeChapters(CHAPTERS, target, []);
      originals.push([name, readFileSync(file)]);
    }
    const withSound: [string, Recording][] = [
      ['f.ts', { muxer: 'mpegts', sound: [{ codec: 'aac' }] }],
      ['g.ts', { muxer: 'mpegts', sound: [{ codec: 'mp2' }, { codec: 'ac3', channels: 6 }] }],
      ['h.vob', { muxer: 'vob', video: 'mpeg2video' }],
      ['i.flv', { muxer: 'flv', sound: [{ codec: 'aac', rate: 44_100 }] }],
      ['j.avi', { muxer: 'avi', video: 'mpeg4', sound: [{ codec: 'pcm_s16le' }] }],
    ];
    for (const [name, recording] of withSound) {
      const file = path.join(folder, name);
      await writeRecording(file, { ...recording, seconds: 0.4 });
      originals.push([name, readFileSync(file)]);
    }
    const random = randomNumbers(20261120);
    const outcomes = { read: 0, refused: 0 };
    const end = performance.now() + BUDGET;
    for (let turn = 0; turn < 1500 && (turn < LEAST || performance.now() < end); turn++) {
      const [name, original] = originals[turn % originals.length];
      const file = path.join(folder, `mutated-${name}`);
      writeFileSync(file, mutate(original, random));
      let timer: NodeJS.Timeout | undefined;
      const hang = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`turn ${turn} (${name}) hangs; the file is ${file}`)), PATIENCE);
      });
      const work = readAndWrite(file, path.join(folder, turn % 3 === 0 ? 'out.mov' : 'out.mkv')).catch((cause) => {
        throw new Error(`turn ${turn} (${name}) failed`, { cause });
      });
      outcomes[await Promise.race([work, hang])]++;
      clearTimeout(timer);
    }
    console.log(`fuzz: ${outcomes.read} damaged files read, ${outcomes.refused} refused`);
    expect(outcomes.read).toBeGreaterThan(20);
    expect(outcomes.refused).toBeGreaterThan(20);
  },
  10 * BUDGET,
);

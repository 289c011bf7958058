import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { expect, it } from 'vitest';
import { writeChapters } from './chapters/writeChapters.js';
import { containerFor } from './container.js';
import { createVideoSink, openVideo } from './index.js';
import { makeClip, scratchFolder } from './testClips.js';

const folder = scratchFolder();
/** Milliseconds of trying, for all containers together. */
const BUDGET = 16_000;
/** A file of a few kilobytes that takes longer than this hangs. */
const PATIENCE = 10_000;

const CHAPTERS = ['One', 'Two', 'Three'].map((title, i) => ({ start: i / 10, end: (i + 1) / 10, title }));

/** Marsaglia's xorshift: the same mutations on every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mutate(original: Buffer, random: (below: number) => number): Buffer {
  const bytes = Buffer.from(original);
  // Half of the hits go to the first kilobyte, where headers are.
  const place = () => random(random(2) === 0 ? Math.min(1024, bytes.length) : bytes.length);
  switch (random(6)) {
    case 0:
      return bytes.subarray(0, 1 + random(bytes.length));
    case 1:
      bytes.fill(random(2) === 0 ? 0 : 0xff, place(), Math.min(bytes.length, place() + random(200)));
      return bytes;
    case 2: {
      const at = place();
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(place(), place() + 300), bytes.subarray(at)]);
    }
    case 3: {
      const at = Math.min(place(), bytes.length - 4);
      bytes.writeUInt32BE([0, 1, 0x7fffffff, 0xffffffff, 0x80000000][random(5)], at);
      return bytes;
    }
    default:
      for (let hits = 1 + random(40); hits > 0; hits--) bytes[place()] = random(256);
      return bytes;
  }
}

/** Reads a file, and writes what could be read; only a GimbalError may stop it. */
async function readAndWrite(file: string, output: string): Promise<'read' | 'refused'> {
  try {
    const source = await openVideo(file, { threads: 2, cacheBytes: 2 ** 20 });
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
    if (!GimbalError.isInstance(error)) throw error;
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
    const random = randomNumbers(20261120);
    const outcomes = { read: 0, refused: 0 };
    const end = performance.now() + BUDGET;
    for (let turn = 0; turn < 1500 && performance.now() < end; turn++) {
      const [name, original] = originals[turn % originals.length];
      const file = path.join(folder, `mutated-${name}`);
      writeFileSync(file, mutate(original, random));
      let timer: NodeJS.Timeout | undefined;
      const hang = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`turn ${turn} (${name}) hangs; the file is ${file}`)), PATIENCE);
      });
      const work = readAndWrite(file, path.join(folder, 'out.mkv')).catch((cause) => {
        throw new Error(`turn ${turn} (${name}) failed`, { cause });
      });
      outcomes[await Promise.race([work, hang])]++;
      clearTimeout(timer);
    }
    console.log(`fuzz: ${outcomes.read} damaged files read, ${outcomes.refused} refused`);
    expect(outcomes.read).toBeGreaterThan(20);
    expect(outcomes.refused).toBeGreaterThan(20);
  },
  BUDGET + 30_000,
);

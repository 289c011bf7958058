import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Played, play, type Recording, writeRecording } from '@gimbal/fixtures';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo } from '../index.js';
import { scratchFolder } from '../testClips.js';

const folder = scratchFolder();
const inFolder = (name: string) => path.join(folder, name);

/** Writes the recordings one after the other into one file, byte by byte. */
async function join(name: string, recordings: readonly Recording[]): Promise<string> {
  const pieces: Buffer[] = [];
  for (const [i, recording] of recordings.entries()) {
    const file = inFolder(`${i}-${name}`);
    await writeRecording(file, recording);
    pieces.push(readFileSync(file));
  }
  writeFileSync(inFolder(name), Buffer.concat(pieces));
  return inFolder(name);
}

async function passThrough(
  input: string,
  output: string,
): Promise<{ played: Played; warnings: readonly string[]; notes: readonly string[] }> {
  const source = await openVideo(input);
  const sink = createVideoSink(inFolder(output), { source, preset: 'ultrafast', crf: 5, overwrite: true });
  await sink.open(source.info);
  for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
  await sink.finish();
  await source.close();
  return {
    played: await play(inFolder(output)),
    warnings: source.warnings.map(({ code }) => code),
    notes: sink.notes,
  };
}

/** Every picture is shown and every moment heard, side by side, from zero on. */
function expectWhole({ pictures, sound }: Played, seconds: number, streams = 1, tolerance = 0.07): void {
  expect(pictures.map(({ moment }) => Math.round(moment * 25))).toEqual(
    Array.from({ length: Math.round(seconds * 25) }, (_, i) => i),
  );
  expect(pictures[0].time).toBeLessThan(0.1);
  for (let i = 1; i < pictures.length; i++) {
    expect(pictures[i].time - pictures[i - 1].time).toBeLessThan(0.04 + tolerance);
  }
  expect(sound).toHaveLength(streams);
  for (const heard of sound) {
    expect(heard[heard.length - 1].moment).toBeGreaterThan(seconds - 0.3);
    expect(heard.length).toBeGreaterThan((seconds - 0.3) / 0.128);
    for (const { time, moment } of heard) {
      const near = pictures[Math.max(0, Math.min(pictures.length - 1, Math.round(moment * 25)))];
      expect(Math.abs(near.time + moment - near.moment - time)).toBeLessThan(tolerance);
    }
  }
}

const TS: Recording = { muxer: 'mpegts' };
const first = { from: 0, seconds: 1.6 };
const second = { from: 1.6, seconds: 1.6 };
const third = { from: 3.2, seconds: 0.8 };
const AAC = [{ codec: 'aac' }] as const;

describe('recordings joined byte by byte', () => {
  it('are damaged where a part of the last picture is missing before the join', async () => {
    const file = await join('torn.ts', [
      { ...TS, ...first },
      { ...TS, ...second, clock: 1.6 },
    ]);
    const bytes = readFileSync(file);
    const firstLength = readFileSync(inFolder('0-torn.ts')).length;
    // Packets of 188 bytes: those of the pictures carry the first stream's identifier, 256.
    const torn = Array.from({ length: bytes.length / 188 }, (_, i) => bytes.subarray(188 * i, 188 * (i + 1)));
    const ofPictures = torn.flatMap((packet, i) =>
      188 * i < firstLength && packet.readUInt16BE(1) % 8192 === 256 ? [i] : [],
    );
    writeFileSync(file, Buffer.concat(torn.filter((_, i) => !ofPictures.slice(-3).includes(i))));
    expect((await passThrough(file, 'torn.mp4')).warnings).toContain('corrupt');
  });

  it.each<[string, readonly Recording[], number]>([
    [
      'that start again',
      [
        { ...TS, ...first },
        { ...TS, ...second },
      ],
      3.2,
    ],
    [
      'that start again, AAC',
      [
        { ...TS, ...first, sound: AAC },
        { ...TS, ...second, sound: AAC },
      ],
      3.2,
    ],
    [
      'with different clocks',
      [
        { ...TS, ...first, clock: 500 },
        { ...TS, ...second, clock: 20 },
      ],
      3.2,
    ],
    [
      'an hour ahead',
      [
        { ...TS, ...first },
        { ...TS, ...second, clock: 3600 },
      ],
      3.2,
    ],
    [
      'an hour ahead and back',
      [
        { ...TS, ...first },
        { ...TS, ...second, clock: 3601.6 },
        { ...TS, ...third, clock: 3.2 },
      ],
      4,
    ],
    [
      'whose clock runs on',
      [
        { ...TS, ...first },
        { ...TS, ...second, clock: 1.6 },
      ],
      3.2,
    ],
    ['of which one starts at an hour', [{ ...TS, from: 0, seconds: 2, clock: 3600 }], 2],
    ['whose clock runs over 33 bits', [{ ...TS, from: 0, seconds: 2, clock: 95442 }], 2],
    [
      'with two streams of sound',
      [first, second].map((piece) => ({ ...TS, ...piece, sound: [{ codec: 'mp2' }, { codec: 'ac3' }] as const })),
      3.2,
    ],
    [
      'pieces of a program stream',
      [first, second].map((piece) => ({ ...piece, muxer: 'vob', video: 'mpeg2video' as const })),
      3.2,
    ],
  ])('%s', async (name, recordings, seconds) => {
    const input = await join(`${name.replaceAll(/\W/g, '-')}.ts`, recordings);
    const { played, warnings } = await passThrough(input, `${name.replaceAll(/\W/g, '-')}.mp4`);
    expectWhole(played, seconds, recordings[0].sound?.length ?? 1);
    expect(warnings.filter((code) => code !== 'timestamps')).toEqual([]);
  });

  it('whose second one has other stream numbers: the first is whole', async () => {
    const input = await join('numbers.ts', [
      { ...TS, ...first },
      { ...TS, ...second, options: { mpegts_start_pid: '512' } },
    ]);
    const { played, notes } = await passThrough(input, 'numbers.mp4');
    expectWhole({ ...played, sound: played.sound.slice(0, 1) }, 1.6);
    expect(notes.join('\n')).toMatch(/Stream [23]: .* is left out/);
  });

  it('of which only the sound leaps', async () => {
    const input = await join('sound-leaps.ts', [
      { ...TS, ...first },
      { ...TS, ...second, clock: 1.6, sound: [{ codec: 'mp2', ahead: 3600 }] },
      { ...TS, ...third, clock: 3.2 },
    ]);
    expectWhole((await passThrough(input, 'sound-leaps.mp4')).played, 4, 1, 0.12);
  });
});

describe('a clock that starts at an hour', () => {
  it.each<[string, Recording]>([
    ['mkv', { muxer: 'matroska', sound: AAC }],
    ['flv', { muxer: 'flv', sound: [{ codec: 'aac', rate: 44_100 }] }],
    [
      'mp4',
      {
        muxer: 'mp4',
        sound: AAC,
        options: { movflags: 'frag_keyframe+empty_moov+default_base_moof', avoid_negative_ts: 'disabled' },
      },
    ],
  ])('%s', async (extension, recording) => {
    const input = inFolder(`hour.${extension}`);
    await writeRecording(input, { ...recording, clock: 3600, seconds: 2 });
    const { played, warnings } = await passThrough(input, `hour-${extension}.mp4`);
    // A fragmented mp4 has no edit list that would hide the encoders' delays.
    expectWhole(played, 2, 1, 0.1);
    expect(warnings).toEqual([]);
    expectWhole((await passThrough(input, `hour-${extension}.mkv`)).played, 2, 1, 0.1);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Played, play, type RecordedSound, type Recording, writeRecording } from '@gimbal/fixtures';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo } from './index.js';
import { scratchFolder } from './testClips.js';

const folder = scratchFolder();
const inFolder = (name: string) => path.join(folder, name);

interface Passed {
  readonly played: Played;
  readonly notes: readonly string[];
}

async function passThrough(input: string, output: string): Promise<Passed> {
  const source = await openVideo(inFolder(input));
  const codec = output.endsWith('.webm') ? 'av1' : undefined;
  const preset = codec === undefined ? 'ultrafast' : undefined;
  const sink = createVideoSink(inFolder(output), { source, codec, preset, overwrite: true });
  await sink.open(source.info);
  for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
  await sink.finish();
  await source.close();
  return { played: await play(inFolder(output)), notes: sink.notes };
}

/** Every moment is heard when it is due. */
function expectHeard({ sound }: Played, seconds: number, tolerance = 0.07): void {
  expect(sound).toHaveLength(1);
  for (const heard of sound) {
    expect(heard.length).toBeGreaterThan((seconds - 0.35) / 0.128);
    expect(heard[heard.length - 1].moment).toBeGreaterThan(seconds - 0.35);
    for (const { time, moment } of heard) expect(Math.abs(moment - time)).toBeLessThan(tolerance);
  }
}

describe('sound that the encoder refuses', () => {
  // Matroska does not tell which speakers plain samples are for; mov does.
  it.each<[string, RecordedSound, 'mkv' | 'mov', string, number, number]>([
    ['192 kHz', { codec: 'pcm_s24le', rate: 192_000 }, 'mov', 'mp4', 96_000, 2],
    ['11,024 Hz', { codec: 'pcm_s16le', rate: 11_024, channels: 1 }, 'mkv', 'mp4', 11_025, 1],
    ['16 tracks', { codec: 'pcm_s16le', channels: 16 }, 'mkv', 'mp4', 48_000, 2],
    ['quad', { codec: 'pcm_s16le', channels: 4, mask: 0x33n }, 'mov', 'mp4', 48_000, 5],
    ['2.1', { codec: 'pcm_s16le', channels: 3, mask: 0xbn }, 'mov', 'mp4', 48_000, 6],
    ['7.1', { codec: 'pcm_s16le', channels: 8, mask: 0x63fn }, 'mov', 'mp4', 48_000, 8],
    ['192 kHz', { codec: 'pcm_s24le', rate: 192_000 }, 'mkv', 'webm', 48_000, 2],
    ['4.0', { codec: 'pcm_s16le', channels: 4, mask: 0x107n }, 'mov', 'webm', 48_000, 7],
    ['7.1', { codec: 'pcm_s16le', channels: 8, mask: 0x63fn }, 'mov', 'webm', 48_000, 8],
    ['16 tracks', { codec: 'pcm_s16le', channels: 16 }, 'mkv', 'webm', 48_000, 2],
    ['6.1', { codec: 'pcm_s16le', channels: 7, mask: 0x70fn }, 'mov', 'webm', 48_000, 7],
    ['11,024 Hz', { codec: 'flac', rate: 11_024, channels: 1 }, 'mkv', 'mov', 11_025, 1],
  ])('%s (%o) from %s into %s', async (name, sound, from, extension, rate, channels) => {
    const input = `${name.replaceAll(/\W/g, '-')}.${from}`;
    await writeRecording(inFolder(input), { muxer: from === 'mov' ? 'mov' : 'matroska', sound: [sound], seconds: 1.6 });
    const { played, notes } = await passThrough(input, `${input}.${extension}`);
    expect(played.described).toMatchObject([{ rate, channels }]);
    expectHeard(played, 1.6);
    const changed = rate !== (sound.rate ?? 48_000) || channels !== (sound.channels ?? 2);
    expect(notes.join('\n')).toMatch(changed ? /stored as \w+, (resampled|mixed) from/ : /stored as/);
  });
});

/** Writes recordings one after the other into one file, byte by byte. */
async function join(name: string, recordings: readonly Recording[]): Promise<void> {
  const pieces: Buffer[] = [];
  for (const [i, recording] of recordings.entries()) {
    await writeRecording(inFolder(`${i}-${name}`), recording);
    pieces.push(readFileSync(inFolder(`${i}-${name}`)));
  }
  writeFileSync(inFolder(name), Buffer.concat(pieces));
}

describe('sound that changes on its way', () => {
  const first = { from: 0, seconds: 1.6 };
  const second = { from: 1.6, seconds: 1.6 };
  it.each<[string, Partial<Recording>, RecordedSound, RecordedSound, string, number, number]>([
    [
      'dv',
      { muxer: 'dv', video: 'dvvideo' },
      { codec: 'pcm_s16le' },
      { codec: 'pcm_s16le', rate: 32_000 },
      'mp4',
      48_000,
      2,
    ],
    [
      'dv',
      { muxer: 'dv', video: 'dvvideo' },
      { codec: 'pcm_s16le' },
      { codec: 'pcm_s16le', rate: 32_000 },
      'mov',
      48_000,
      2,
    ],
    [
      'dv',
      { muxer: 'dv', video: 'dvvideo' },
      { codec: 'pcm_s16le', rate: 32_000 },
      { codec: 'pcm_s16le' },
      'mkv',
      32_000,
      2,
    ],
    ['ts', { muxer: 'mpegts' }, { codec: 'mp2' }, { codec: 'mp2', rate: 32_000 }, 'mp4', 48_000, 2],
    ['ts', { muxer: 'mpegts' }, { codec: 'mp2', channels: 1 }, { codec: 'mp2' }, 'mkv', 48_000, 1],
    ['ts', { muxer: 'mpegts' }, { codec: 'ac3', channels: 6 }, { codec: 'ac3' }, 'mp4', 48_000, 6],
    ['ts', { muxer: 'mpegts' }, { codec: 'aac' }, { codec: 'aac', rate: 44_100, channels: 1 }, 'mov', 48_000, 2],
  ])('%s (%o): %o, then %o, into %s', async (extension, recording, before, after, to, rate, channels) => {
    const name = `change-${before.codec}-${before.rate ?? 48}-${to}.${extension}`;
    const muxer = recording.muxer ?? 'mpegts';
    await join(name, [
      { ...recording, muxer, ...first, sound: [before] },
      { ...recording, muxer, ...second, sound: [after] },
    ]);
    const { played, notes } = await passThrough(name, `${name}.${to}`);
    expect(played.described).toMatchObject([{ rate, channels }]);
    expectHeard(played, 3.2, 0.09);
    expect(notes.join('\n')).toMatch(
      new RegExp(
        `changes on its way from ${before.rate ?? 48_000} Hz .* to ${after.rate ?? 48_000} Hz .*; it is stored`,
      ),
    );
  });

  it('is copied bit by bit from a tape on which it does not change', async () => {
    const recording: Recording = { muxer: 'dv', video: 'dvvideo', sound: [{ codec: 'pcm_s16le' }], ...first };
    await writeRecording(inFolder('steady.dv'), recording);
    const { played, notes } = await passThrough('steady.dv', 'steady.mov');
    expect(notes.join('\n')).not.toMatch(/sound/);
    expectHeard(played, 1.6);
  });
});

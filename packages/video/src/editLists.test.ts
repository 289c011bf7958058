import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { play, type RecordedSound, writeRecording } from '@gimbal/fixtures';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo } from './index.js';
import { scratchFolder } from './testClips.js';

const folder = scratchFolder();
const inFolder = (name: string) => path.join(folder, name);

/** Seconds of the film, from which moment of the recording on; an empty edit shows nothing. */
interface Edit {
  readonly seconds: number;
  readonly from: number | 'empty';
}

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

function boxes(bytes: Buffer, start: number, end: number): Box[] {
  const found: Box[] = [];
  for (let at = start; at + 8 <= end; at += bytes.readUInt32BE(at)) {
    found.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at, end: at + bytes.readUInt32BE(at) });
  }
  return found;
}

function find(bytes: Buffer, within: Box, ...names: string[]): Box {
  return names.reduce((box, name) => {
    const inner = boxes(bytes, box.start + 8, box.end).find(({ type }) => type === name);
    if (inner === undefined) throw new Error(`no ${name} in ${box.type}`);
    return inner;
  }, within);
}

/** Gives the tracks of an mp4 whose moov is last other edit lists: one per track, `undefined` leaves it. */
function withEdits(file: Buffer, edits: readonly (readonly Edit[] | undefined)[]): Buffer {
  const moov = boxes(file, 0, file.length).find(({ type }) => type === 'moov');
  if (moov === undefined) throw new Error('no moov');
  const movieScale = file.readUInt32BE(find(file, moov, 'mvhd').start + 20);
  const parts = boxes(file, moov.start + 8, moov.end).map(({ type, start, end }) => {
    const part = file.subarray(start, end);
    if (type !== 'trak') return part;
    const list = edits[file.readUInt32BE(find(file, { type, start, end }, 'tkhd').start + 20) - 1];
    return list === undefined ? part : withEditList(part, list, movieScale);
  });
  return Buffer.concat([file.subarray(0, moov.start), wrapped('moov', parts), file.subarray(moov.end)]);
}

function withEditList(track: Buffer, edits: readonly Edit[], movieScale: number): Buffer {
  const whole = { type: 'trak', start: 0, end: track.length };
  const scale = track.readUInt32BE(find(track, whole, 'mdia', 'mdhd').start + 20);
  // Where the recording's first moment lies in the media: behind the encoder's run-in.
  const first = track.readInt32BE(find(track, whole, 'edts', 'elst').start + 20);
  const entries = edits.map(({ seconds, from }) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt32BE(Math.round(seconds * movieScale), 0);
    entry.writeInt32BE(from === 'empty' ? -1 : Math.round(from * scale) + first, 4);
    entry.writeUInt32BE(0x10000, 8);
    return entry;
  });
  const head = Buffer.alloc(8);
  head.writeUInt32BE(edits.length, 4);
  const edts = wrapped('edts', [wrapped('elst', [head, ...entries])]);
  const inner = boxes(track, 8, track.length).map(({ type, start, end }) =>
    type === 'edts' ? edts : track.subarray(start, end),
  );
  return wrapped('trak', inner);
}

function wrapped(type: string, parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parts.reduce((sum, { length }) => sum + length, 0), 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

/** Which moment belongs to a time of the film. */
function momentAt(edits: readonly Edit[], time: number): number | undefined {
  let start = 0;
  for (const { seconds, from } of edits) {
    if (time < start + seconds) return from === 'empty' ? undefined : from + time - start;
    start += seconds;
  }
  return undefined;
}

/** Times of the film at which one piece ends. */
function joinsOf(edits: readonly Edit[]): number[] {
  let end = 0;
  return edits.map(({ seconds }) => (end += seconds));
}

const TRIM: readonly Edit[] = [{ seconds: 1.2, from: 0.44 }];
const TWO: readonly Edit[] = [
  { seconds: 0.8, from: 0.2 },
  { seconds: 1, from: 1.6 },
];
const EMPTY: readonly Edit[] = [
  { seconds: 0.8, from: 'empty' },
  { seconds: 1.6, from: 0.48 },
];
const WHOLE: readonly Edit[] = [{ seconds: 3, from: 0 }];

describe('edit lists', () => {
  it.each<[string, readonly Edit[] | undefined, readonly Edit[] | undefined, RecordedSound['codec'], string]>([
    ['a trim', TRIM, TRIM, 'aac', 'mp4'],
    ['a trim', TRIM, TRIM, 'libmp3lame', 'mov'],
    ['a trim', TRIM, TRIM, 'libopus', 'mp4'],
    ['a trim', TRIM, TRIM, 'aac', 'mkv'],
    ['two pieces', TWO, TWO, 'aac', 'mp4'],
    ['an empty edit', EMPTY, EMPTY, 'aac', 'mp4'],
    ['an empty edit', EMPTY, EMPTY, 'ac3', 'mp4'],
    ['an empty edit', EMPTY, EMPTY, 'aac', 'mkv'],
    ['an empty edit of the sound alone', WHOLE, EMPTY, 'aac', 'mp4'],
    ['a trim of the sound alone', WHOLE, TRIM, 'aac', 'mov'],
    ['no change', undefined, undefined, 'aac', 'mp4'],
    ['no change', undefined, undefined, 'libmp3lame', 'mp4'],
    ['no change', undefined, undefined, 'libopus', 'mp4'],
  ])('%s (%#): %o, %o, %s into %s', async (name, pictureEdits, soundEdits, codec, extension) => {
    const input = inFolder(`${name.replaceAll(' ', '-')}-${codec}-${extension}.mp4`);
    await writeRecording(input, { muxer: 'mp4', sound: [{ codec }], seconds: 3 });
    writeFileSync(input, withEdits(readFileSync(input), [pictureEdits, soundEdits]));
    const source = await openVideo(input);
    const output = `${input}.${extension}`;
    const sink = createVideoSink(output, { source, preset: 'ultrafast', crf: 5 });
    await sink.open(source.info);
    for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
    await sink.finish();
    expect([...source.warnings, ...sink.warnings].filter(({ code }) => code !== 'timestamps')).toEqual([]);
    await source.close();
    const { pictures, sound } = await play(output);
    // Matroska has no time before zero: what lies there puts off everything alike.
    const delay = extension === 'mkv' ? pictures[0].time - (pictureEdits?.[0].from === 'empty' ? 0.8 : 0) : 0;
    expect(delay).toBeLessThan(0.1);
    const shown = pictureEdits ?? WHOLE;
    const lasts = (edits: readonly Edit[]) =>
      edits.reduce((sum, { seconds, from }) => sum + (from === 'empty' ? 0 : seconds), 0);
    expect(pictures).toHaveLength(Math.round(lasts(shown) * 25));
    for (const { time, moment } of pictures) {
      // FFmpeg places the pictures of a further piece up to one picture early.
      if (joinsOf(shown).some((join) => Math.abs(join - (time - delay)) < 0.05)) continue;
      expect(Math.abs((momentAt(shown, time - delay + 0.001) ?? -9) - moment)).toBeLessThan(0.042);
    }
    const heard = soundEdits ?? WHOLE;
    expect(sound[0].length).toBeGreaterThan((lasts(heard) - 0.6) / 0.128);
    for (const { time, moment } of sound[0]) {
      // A measurement across a join belongs to either side.
      if ([0, ...joinsOf(heard)].some((join) => Math.abs(join - (time - delay)) < 0.1)) continue;
      expect(Math.abs((momentAt(heard, time - delay) ?? -9) - moment), `at ${time}`).toBeLessThan(0.06);
    }
  });
});

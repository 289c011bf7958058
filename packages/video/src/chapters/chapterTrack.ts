// Builds the text track that holds the chapters of an mp4 or mov file.
import type { Box } from './boxes.js';
import { type Chapter, titleBytes } from './chapter.js';

/** Ticks in a second: every usual frame rate, and milliseconds, without a rest. */
const TICKS = 90_000;
/** Ticks in a second where a chapter is longer than 13 hours, which 32 bits do not hold otherwise. */
const COARSE_TICKS = 1000;
/** An `encd` box behind a title: UTF-8. */
const UTF8 = Buffer.from([0, 0, 0, 12, 0x65, 0x6e, 0x63, 0x64, 0, 0, 1, 0]);

/** What a track needs to know of the movie around it. */
export interface ChapterTrackPlace {
  readonly id: number;
  /** Ticks per second of the movie, and how many of them it lasts. */
  readonly timescale: number;
  readonly duration: number;
  /** Byte of the file at which {@link chapterSamples} lie, one behind the other. */
  readonly samplesAt: number;
}

/** The titles as samples of a QuickTime text track. */
export function chapterSamples(chapters: readonly Chapter[]): Buffer[] {
  return chapters.map(({ title }) => {
    const text = titleBytes(title);
    return Buffer.concat([numbers(2, text.length), text, UTF8]);
  });
}

/**
 * The text track from which Apple's players and FFmpeg take chapters (QuickTime File Format, "Text media" and "Chapter lists"): one
 * sample a chapter, each lasting until the next. It is disabled, so that players do not draw its text. An edit puts off the first chapter; the
 * last sample is longer by that, beyond what is shown, because FFmpeg takes its end from the length of the samples alone.
 */
export function chapterTrack(chapters: readonly Chapter[], place: ChapterTrackPlace): Box {
  const { id, timescale, duration, samplesAt } = place;
  const ends = chapters.map(
    ({ start, end }, i) => chapters[i + 1]?.start ?? end ?? Math.max(start, duration / timescale),
  );
  const first = chapters[0].start;
  const longest = first + Math.max(...chapters.map(({ start }, i) => ends[i] - start));
  const ticks = longest * TICKS < 2 ** 32 ? TICKS : COARSE_TICKS;
  const at = (seconds: number) => Math.round(seconds * ticks);
  const durations = chapters.map(({ start }, i) => Math.max(1, at(ends[i]) - at(start)));
  const shownTicks = durations.reduce((sum, duration) => sum + duration, 0);
  durations[durations.length - 1] += at(first);
  const sizes = chapterSamples(chapters).map(({ length }) => length);
  const wait = Math.round(first * timescale);
  const shown = Math.round((shownTicks / ticks) * timescale);
  const edits = [...(wait > 0 ? [[wait, -1]] : []), [shown, 0]];
  const box = (type: string, ...parts: readonly Buffer[]): Box => ({ type, payload: Buffer.concat(parts) });
  const [VERSION, VERSION_1] = [numbers(4, 0), numbers(4, 0x0100_0000)];
  const matrix = numbers(4, 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  return {
    type: 'trak',
    boxes: [
      // Version 1: 64-bit times.
      box(
        'tkhd',
        VERSION_1,
        numbers(8, 0, 0),
        numbers(4, id, 0),
        numbers(8, wait + shown, 0, 0),
        matrix,
        numbers(4, 0, 0),
      ),
      {
        type: 'edts',
        boxes: [
          box(
            'elst',
            VERSION_1,
            numbers(4, edits.length),
            ...edits.flatMap((edit) => [numbers(8, ...edit), numbers(4, 0x10000)]),
          ),
        ],
      },
      {
        type: 'mdia',
        boxes: [
          // Language "und".
          box(
            'mdhd',
            VERSION_1,
            numbers(8, 0, 0),
            numbers(4, ticks),
            numbers(8, shownTicks + at(first)),
            numbers(2, 0x55c4, 0),
          ),
          box('hdlr', VERSION, numbers(4, 0), Buffer.from('text'), numbers(4, 0, 0, 0), Buffer.from('\0')),
          {
            type: 'minf',
            boxes: [
              {
                type: 'gmhd',
                boxes: [box('gmin', VERSION, numbers(2, 0x40, 0x8000, 0x8000, 0x8000, 0, 0)), box('text', matrix)],
              },
              { type: 'dinf', boxes: [box('dref', VERSION, numbers(4, 1, 12), Buffer.from('url '), numbers(4, 1))] },
              {
                type: 'stbl',
                boxes: [
                  // A text sample description of 59 bytes: reserved, data reference 1, then style, box and font left at 0.
                  box(
                    'stsd',
                    VERSION,
                    numbers(4, 1, 59),
                    Buffer.from('text'),
                    numbers(4, 0),
                    numbers(2, 0, 1),
                    Buffer.alloc(43),
                  ),
                  box('stts', VERSION, numbers(4, chapters.length, ...durations.flatMap((ticks) => [1, ticks]))),
                  box('stsc', VERSION, numbers(4, 1, 1, chapters.length, 1)),
                  box('stsz', VERSION, numbers(4, 0, chapters.length, ...sizes)),
                  box('co64', VERSION, numbers(4, 1), numbers(8, samplesAt)),
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

/** Big-endian integers of so many bytes each; −1 is all ones. */
function numbers(bytes: 2 | 4 | 8, ...values: readonly number[]): Buffer {
  const out = Buffer.alloc(bytes * values.length);
  for (const [i, value] of values.entries()) {
    if (bytes === 8) out.writeBigInt64BE(BigInt(value), i * 8);
    else out.writeUIntBE(value, i * bytes, bytes);
  }
  return out;
}

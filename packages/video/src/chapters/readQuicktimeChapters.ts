// Reads the chapters of an mp4 or mov file.
import { AVDISCARD_ALL, AVDISCARD_DEFAULT, AVMEDIA_TYPE_DATA } from 'node-av/constants';
import { Dictionary, FormatContext, Packet, type Stream } from 'node-av/lib';
import { fileUrl } from '../ffmpeg/ffmpeg.js';
import { ticksToSeconds } from '../source/timeStamps.js';
import { boxesOf } from './boxes.js';
import { type Chapter, chaptersInOrder, MOST_CHAPTERS, titleFrom } from './chapter.js';
import type { FileBytes } from './fileBytes.js';
import { readNeroChapters } from './neroChapters.js';

/** The longest `chpl` box that its own fields allow. */
const LONGEST_LIST = 9 + 255 * (9 + 255);
/** Bytes of text samples that are read. */
const MOST_SAMPLE_BYTES = 16 * 2 ** 20;

/**
 * The chapters of an mp4 or mov file: those of the text track, which has their ends, otherwise those of the list in `moov/udta/chpl`.
 * Empty when there are none.
 * @throws RangeError when what is there makes no sense.
 */
export async function readQuicktimeChapters(
  file: FileBytes,
  path: string,
  streams: readonly Stream[],
): Promise<Chapter[]> {
  const track = streams.find(isChapterTrack);
  const titled = track === undefined ? [] : await trackChapters(path, track.index);
  return titled.length > 0 ? titled : listedChapters(file);
}

/** True for a text track that another track names as its chapters: FFmpeg takes it for data, other text for subtitles. */
export function isChapterTrack({ codecpar }: Stream): boolean {
  return codecpar.codecType === AVMEDIA_TYPE_DATA && /^(text|tx3g)$/.test(codecpar.codecTagString ?? '');
}

async function trackChapters(path: string, index: number): Promise<Chapter[]> {
  const context = new FormatContext();
  const packet = new Packet();
  const options = Dictionary.fromObject({ protocol_whitelist: 'file' });
  const chapters: Chapter[] = [];
  let bytes = 0;
  packet.alloc();
  try {
    if ((await context.openInput(fileUrl(path), null, options)) < 0) throw new RangeError('the file does not open');
    // Samples of other tracks are passed over in the index, not read.
    for (const stream of context.streams) stream.discard = stream.index === index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    const { timeBase, duration } = context.streams[index];
    // As FFmpeg does: a last sample may be longer than what is shown of it.
    const last = duration > 0n ? ticksToSeconds(duration, timeBase) : Number.POSITIVE_INFINITY;
    while ((await context.readFrame(packet)) >= 0) {
      if (packet.streamIndex === index) {
        bytes += packet.size;
        if (chapters.length === MOST_CHAPTERS || bytes > MOST_SAMPLE_BYTES) throw new RangeError('too many chapters');
        const start = ticksToSeconds(packet.pts, timeBase);
        const end = ticksToSeconds(packet.pts + packet.duration, timeBase);
        chapters.push({ start, end: Math.min(end, last), title: sampleTitle(packet.data) });
      }
      packet.unref();
    }
    return chaptersInOrder(chapters);
  } finally {
    packet.free();
    options.free();
    await context.closeInput();
  }
}

/** A text sample: 16 bits of length, the text, and boxes about its style. */
function sampleTitle(sample: Buffer | null): string {
  if (sample === null || sample.length < 2) return '';
  return titleFrom(sample.subarray(2, 2 + sample.readUInt16BE(0)));
}

async function listedChapters(file: FileBytes): Promise<Chapter[]> {
  for await (const movie of boxesOf(file)) {
    if (movie.type !== 'moov') continue;
    for await (const box of boxesOf(file, movie.start + movie.header, movie.end)) {
      if (box.type !== 'udta') continue;
      for await (const { type, start, header, end } of boxesOf(file, box.start + box.header, box.end)) {
        if (type !== 'chpl') continue;
        return readNeroChapters(await file.read(start + header, Math.min(LONGEST_LIST, end - start - header)));
      }
    }
    break;
  }
  return [];
}

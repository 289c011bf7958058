// Puts chapters into a finished mp4 or mov file.
import { type Box, type BoxPlace, boxesIn, boxesOf, boxPieces, boxSize, findBox, payloadAt } from './boxes.js';
import type { Chapter } from './chapter.js';
import { chapterSamples, chapterTrack } from './chapterTrack.js';
import { moveOffsets, offsetTables, widenOffsets } from './chunkOffsets.js';
import type { FileBytes } from './fileBytes.js';
import { neroChapters } from './neroChapters.js';
import { shiftTail } from './shiftTail.js';

/** Bytes of an index that are held in memory: some days of video. */
const LARGEST_MOVIE = 2 ** 28;

/**
 * Puts chapters into a finished mp4 or mov file, in both forms that players know: the list in `moov/udta/chpl`, and a text track, whose
 * titles come at the end of the file. Where the index stands before the samples these move to make room, in place. Returns false and
 * changes nothing when the file has no index of the usual kind.
 */
export async function writeQuicktimeChapters(
  file: FileBytes,
  chapters: readonly Chapter[],
  signal: AbortSignal,
): Promise<boolean> {
  let place: BoxPlace | undefined;
  for await (const box of boxesOf(file)) if (box.type === 'moov') place = box;
  if (place === undefined || place.end - place.start > LARGEST_MOVIE) return false;
  const { start, header, end } = place;
  const movie = boxesIn(await file.read(start + header, end - start - header));
  const tables = offsetTables(movie);
  const { id, timescale, duration } = addToHeader(movie);
  refer(movie, id);
  addList(movie, chapters);
  const samples = chapterSamples(chapters);
  const track = (samplesAt: number) => chapterTrack(chapters, { id, timescale, duration, samplesAt });
  const last = movie.findLastIndex(({ type }) => type === 'trak');
  movie.splice(last + 1, 0, track(0));
  const index: Box = { type: 'moov', boxes: movie };
  const growth = () => boxSize(index) - (end - start);
  if (file.size + growth() >= 2 ** 32) await widenOffsets(tables);
  const by = growth();
  await moveOffsets(tables, end, by);
  const data: Box = { type: 'mdat', payload: Buffer.concat(samples) };
  movie[last + 1] = track(file.size + by + 8);
  await shiftTail(file, end, by, { signal });
  await file.write(file.size + by, ...boxPieces(data));
  await file.write(start, ...boxPieces(index));
  return true;
}

/** Takes a track number; the movie's clock. (`mvhd`, ISO/IEC 14496-12, section 8.2.2.) */
function addToHeader(movie: Box[]): { readonly id: number; readonly timescale: number; readonly duration: number } {
  const header = payloadAt(movie, 'mvhd');
  const wide = header.readUInt8(0) === 1;
  const timescale = header.readUInt32BE(wide ? 20 : 12);
  const duration = wide ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16);
  const next = header.length - 4;
  const id = header.readUInt32BE(next);
  header.writeUInt32BE(id + 1, next);
  return { id, timescale, duration };
}

/** Lets the tracks of picture and sound name the chapters' track as theirs. */
function refer(movie: readonly Box[], id: number): void {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(id);
  for (const track of movie) {
    if (track.type !== 'trak' || !('boxes' in track)) continue;
    if (!/^(vide|soun)$/.test(payloadAt(track.boxes, 'mdia', 'hdlr').toString('latin1', 8, 12))) continue;
    const references = findBox(track.boxes, 'tref');
    if (references !== undefined && 'boxes' in references) references.boxes.push({ type: 'chap', payload });
    else track.boxes.splice(1, 0, { type: 'tref', boxes: [{ type: 'chap', payload }] });
  }
}

function addList(movie: Box[], chapters: readonly Chapter[]): void {
  const list = Buffer.concat(boxPieces({ type: 'chpl', payload: neroChapters(chapters) }));
  const userData = findBox(movie, 'udta');
  if (userData !== undefined && 'payload' in userData) userData.payload = Buffer.concat([userData.payload, list]);
  else movie.push({ type: 'udta', payload: list });
}

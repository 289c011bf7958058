// The list of chapters in `moov/udta/chpl`, read and written.
import { type Chapter, chaptersInOrder, titleBytes, titleFrom } from './chapter.js';

/** Ticks of a chapter list in a second: 100 ns. */
const TICKS = 1e7;
/** The list counts its entries and the bytes of a title in one byte each. */
const MOST = 255;

/**
 * Reads the content of a `chpl` box, the list of chapters that Nero's programs brought into mp4: version and flags, 4 more bytes unless
 * the version is 0, the number of entries; each entry a 64-bit start, the title's length, the title.
 * @throws RangeError when the box is too short.
 */
export function readNeroChapters(payload: Buffer): Chapter[] {
  let at = payload.readUInt8(0) === 0 ? 4 : 8;
  const chapters: Chapter[] = [];
  for (let left = payload.readUInt8(at++); left > 0; left--) {
    const start = Number(payload.readBigUInt64BE(at)) / TICKS;
    const length = payload.readUInt8(at + 8);
    at += 9;
    if (at + length > payload.length) throw new RangeError('a chapter title is longer than its list');
    chapters.push({ start, end: undefined, title: titleFrom(payload.subarray(at, at + length)) });
    at += length;
  }
  return chaptersInOrder(chapters);
}

/** The content of a `chpl` box. Of more than 255 chapters the rest, and of long titles the end, is found in the text track only. */
export function neroChapters(chapters: readonly Chapter[]): Buffer {
  const listed = chapters.slice(0, MOST);
  const entries = listed.map(({ start, title }) => {
    const name = titleBytes(title, MOST);
    const head = Buffer.alloc(9);
    head.writeBigUInt64BE(BigInt(Math.round(start * TICKS)));
    head.writeUInt8(name.length, 8);
    return Buffer.concat([head, name]);
  });
  return Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, listed.length]), ...entries]);
}

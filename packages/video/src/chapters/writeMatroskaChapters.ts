// Puts chapters into a finished Matroska file.
import { crc32 } from 'node:zlib';
import { type Chapter, titleBytes } from './chapter.js';
import {
  type Element,
  element,
  elementHeader,
  elementSize,
  elementsIn,
  MATROSKA_ID as ID,
  LONGEST_HEADER,
} from './ebml.js';
import type { FileBytes } from './fileBytes.js';

/** The start of a file as FFmpeg lays it out holds the index and the room behind it within this many bytes. */
const INDEX_BYTES = 1024;

/**
 * Puts chapters at the end of a finished Matroska file and into the index at its start, where FFmpeg leaves room. Returns false and
 * changes nothing when the file is not laid out as FFmpeg does it.
 */
export async function writeMatroskaChapters(file: FileBytes, chapters: readonly Chapter[]): Promise<boolean> {
  const head = await file.readUpTo(0, INDEX_BYTES);
  const ebml = elementHeader(head);
  const segmentAt = ebml.length + ebml.size;
  const segment = elementHeader(head, segmentAt);
  const start = segmentAt + segment.length;
  if (segment.id !== ID.segment || start + segment.size !== file.size) return false;
  const index = indexWith(head.subarray(start), file.size - start);
  if (index === undefined) return false;
  const content = chaptersElement(chapters);
  const size = elementSize(segment.size + content.length, segment.sizeLength);
  // The index last: until then the file is a whole one without chapters.
  await file.write(file.size, content);
  await file.write(start - segment.sizeLength, size);
  await file.write(start, index);
  return true;
}

function chaptersElement(chapters: readonly Chapter[]): Buffer {
  const atoms = chapters.map(({ start, end, title }, i) =>
    element(
      ID.atom,
      element(ID.atomUid, i + 1),
      element(ID.atomStart, start * 1e9),
      ...(end === undefined ? [] : [element(ID.atomEnd, end * 1e9)]),
      element(ID.display, element(ID.string, titleBytes(title)), element(ID.language, Buffer.from('und'))),
    ),
  );
  return element(ID.chapters, element(ID.edition, element(ID.editionDefault, 1), ...atoms));
}

/** The index with one entry more and what is left of the room behind it; as long as both were. `undefined` if there is no such room. */
function indexWith(bytes: Uint8Array, position: number): Buffer | undefined {
  const old = elementHeader(bytes);
  const oldLength = old.length + old.size;
  if (old.id !== ID.seekHead || oldLength + LONGEST_HEADER > bytes.length) return undefined;
  const room = elementHeader(bytes, oldLength);
  if (room.id !== ID.void) return undefined;
  const entries: Buffer[] = [];
  let checked = false;
  for (const entry of elementsIn(bytes.subarray(old.length, oldLength))) {
    if (entry.id === ID.crc32) checked = true;
    else entries.push(again(entry));
  }
  entries.push(element(ID.seek, element(ID.seekId, idBytes(ID.chapters)), element(ID.seekPosition, position)));
  const content = Buffer.concat(entries);
  const index = element(ID.seekHead, ...(checked ? [checksum(content)] : []), content);
  const left = oldLength + room.length + room.size - index.length;
  // A void takes two bytes at least; the long form of its size leaves no length out.
  if (left < 2) return undefined;
  const voidSize = left < 100 ? elementSize(left - 2, 1) : elementSize(left - 9, 8);
  return Buffer.concat([index, Buffer.from([ID.void]), voidSize, Buffer.alloc(left - 1 - voidSize.length)]);
}

function again({ id, content }: Element): Buffer {
  return element(id, content);
}

function idBytes(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes;
}

/** The checksum of what follows it in its parent (RFC 8794, section 11.3.1), little-endian. */
function checksum(content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(content));
  return element(ID.crc32, bytes);
}

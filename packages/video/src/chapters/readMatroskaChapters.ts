// Reads the chapters of a Matroska or WebM file.
import { type Chapter, chaptersInOrder, MOST_CHAPTERS, titleFrom } from './chapter.js';
import {
  type ElementHeader,
  elementHeader,
  elementsIn,
  MATROSKA_ID as ID,
  LONGEST_HEADER,
  unsignedFrom,
} from './ebml.js';
import type { FileBytes } from './fileBytes.js';

/** Bytes of chapters, or of an index, that are read. */
const LARGEST_ELEMENT = 4 * 2 ** 20;
/** Elements of the segment that are passed on the way to the pictures; a file has about ten. */
const MOST_ELEMENTS = 1000;

/**
 * The chapters of a Matroska or WebM file, those that stand before the pictures or in the index at the start: where players look. Of
 * chapters within chapters the outer ones are read. Empty when there are none.
 * @throws RangeError when what is there makes no sense.
 */
export async function readMatroskaChapters(file: FileBytes): Promise<Chapter[]> {
  const ebml = await headerAt(file, 0);
  const segment = await headerAt(file, ebml.length + ebml.size);
  if (ebml.id !== ID.ebml || segment.id !== ID.segment) throw new RangeError('no segment behind the header');
  const start = ebml.length + ebml.size + segment.length;
  const end = Math.min(file.size, start + segment.size);
  let indexed: number | undefined;
  let at = start;
  for (let count = 0; at < end && count < MOST_ELEMENTS; count++) {
    const { id, length, size } = await headerAt(file, at);
    if (id === ID.chapters) return chaptersFrom(await contentAt(file, at, id));
    if (id === ID.cluster) break;
    if (id === ID.seekHead) indexed ??= indexedChapters(await contentAt(file, at, id));
    at += length + size;
  }
  return indexed === undefined ? [] : chaptersFrom(await contentAt(file, start + indexed, ID.chapters));
}

async function headerAt(file: FileBytes, at: number): Promise<ElementHeader> {
  return elementHeader(await file.readUpTo(at, LONGEST_HEADER));
}

async function contentAt(file: FileBytes, at: number, expected: number): Promise<Buffer> {
  const { id, length, size } = await headerAt(file, at);
  if (id !== expected) throw new RangeError(`element ${id.toString(16)} where ${expected.toString(16)} should be`);
  if (size > LARGEST_ELEMENT) throw new RangeError(`an element of ${size} bytes`);
  return file.read(at + length, size);
}

/** Where the index says that the chapters are, in bytes from the start of the segment's content. */
function indexedChapters(seekHead: Uint8Array): number | undefined {
  for (const seek of elementsIn(seekHead)) {
    if (seek.id !== ID.seek) continue;
    let target: number | undefined;
    let position: number | undefined;
    for (const { id, content } of elementsIn(seek.content)) {
      if (id === ID.seekId) target = unsignedFrom(content);
      else if (id === ID.seekPosition) position = unsignedFrom(content);
    }
    if (target === ID.chapters && position !== undefined) return position;
  }
  return undefined;
}

function chaptersFrom(content: Uint8Array): Chapter[] {
  const chapters: Chapter[] = [];
  for (const edition of elementsIn(content)) {
    if (edition.id !== ID.edition) continue;
    for (const atom of elementsIn(edition.content)) {
      if (atom.id !== ID.atom) continue;
      if (chapters.length === MOST_CHAPTERS) throw new RangeError('too many chapters');
      chapters.push(chapterFrom(atom.content));
    }
  }
  return chaptersInOrder(chapters);
}

function chapterFrom(atom: Uint8Array): Chapter {
  let start = Number.NaN;
  let end: number | undefined;
  let title: string | undefined;
  for (const { id, content } of elementsIn(atom)) {
    // Nanoseconds, whatever the scale of the file's other time stamps.
    if (id === ID.atomStart) start = unsignedFrom(content) / 1e9;
    else if (id === ID.atomEnd) end = unsignedFrom(content) / 1e9;
    else if (id === ID.display) {
      for (const part of elementsIn(content)) if (part.id === ID.string) title ??= titleFrom(part.content);
    }
  }
  return { start, end, title: title ?? '' };
}

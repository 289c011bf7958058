/** A mark in a clip: where a part of it begins, and what the part is called. */
export interface Chapter {
  /** Seconds on the clip's clock. */
  readonly start: number;
  /** Seconds; `undefined` where the container tells no end: the chapter then lasts until the next one, or the end of the clip. */
  readonly end: number | undefined;
  readonly title: string;
}

/** Chapters that are taken from one file; a film has some dozens. */
export const MOST_CHAPTERS = 10_000;
/** Bytes of a title, encoded. */
export const LONGEST_TITLE = 4096;
/** Seconds at which a chapter may start: milliseconds in 32 bits, 49 days. */
const LATEST_START = (2 ** 32 - 1) / 1000;

/**
 * Puts the chapters of a file in order, as FFmpeg does: one that does not start later than the one before it is dropped.
 * @throws RangeError when there are too many, or one lies at no time that a clip has.
 */
export function chaptersInOrder(chapters: readonly Chapter[]): Chapter[] {
  if (chapters.length > MOST_CHAPTERS) throw new RangeError(`${chapters.length} chapters are too many`);
  const kept: Chapter[] = [];
  for (const { start, end, title } of chapters) {
    if (!(start >= 0 && start <= LATEST_START)) throw new RangeError(`a chapter cannot start at ${start} s`);
    const last = kept.at(-1);
    if (last !== undefined && start <= last.start) continue;
    kept.push({ start, end: end !== undefined && end > start && end <= LATEST_START ? end : undefined, title });
  }
  return kept;
}

/** The same chapters so many seconds later. */
export function movedChapters(chapters: readonly Chapter[], by: number): readonly Chapter[] {
  if (by === 0) return chapters;
  return chapters.map(({ start, end, title }) => ({
    start: start + by,
    end: end === undefined ? end : end + by,
    title,
  }));
}

/** The chapters of a part of a clip, on the part's own clock. */
export function chaptersOf(
  { start, end }: { readonly start: number; readonly end: number },
  chapters: readonly Chapter[],
): readonly Chapter[] {
  const inside = chapters.filter((chapter, i) => {
    const chapterEnd = chapter.end ?? chapters.at(i + 1)?.start ?? Number.POSITIVE_INFINITY;
    return chapter.start < end && chapterEnd > start;
  });
  return inside.map((chapter) => ({
    start: Math.max(0, chapter.start - start),
    end: chapter.end === undefined ? undefined : Math.min(chapter.end, end) - start,
    title: chapter.title,
  }));
}

/** A title from its bytes: UTF-8, or UTF-16 where a byte order mark says so; control characters are dropped. */
export function titleFrom(bytes: Uint8Array): string {
  const mark = bytes.length >= 2 ? bytes[0] * 256 + bytes[1] : 0;
  const encoding = mark === 0xfeff ? 'utf-16be' : mark === 0xfffe ? 'utf-16le' : 'utf-8';
  const text = new TextDecoder(encoding).decode(bytes.subarray(0, LONGEST_TITLE));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replace(/[\u0000-\u001f]/g, ' ').trim();
}

/** The bytes of a title, at most so many, cut between two characters. */
export function titleBytes(title: string, most = LONGEST_TITLE): Buffer {
  const bytes = Buffer.from(title, 'utf8');
  let length = Math.min(bytes.length, most);
  // A byte 10xxxxxx continues a character.
  while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) === 0x80) length--;
  return bytes.subarray(0, length);
}

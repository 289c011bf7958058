/** The elements' IDs that matter for chapters (Matroska, RFC 9559), with their length marker. */
export const MATROSKA_ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  cluster: 0x1f43b675,
  crc32: 0xbf,
  void: 0xec,
  chapters: 0x1043a770,
  edition: 0x45b9,
  editionDefault: 0x45db,
  atom: 0xb6,
  atomUid: 0x73c4,
  atomStart: 0x91,
  atomEnd: 0x92,
  display: 0x80,
  string: 0x85,
  language: 0x437c,
} as const;

/** The longest ID and size together, in bytes. */
export const LONGEST_HEADER = 12;

/** What stands before the content of an element (EBML, RFC 8794, sections 4 to 6). */
export interface ElementHeader {
  readonly id: number;
  /** Bytes of ID and size. */
  readonly length: number;
  /** Bytes of the size alone. */
  readonly sizeLength: number;
  /** Bytes of content; infinite where a live stream leaves it open. */
  readonly size: number;
}

/** Reads the header at a place. @throws RangeError when there is none. */
export function elementHeader(bytes: Uint8Array, at = 0): ElementHeader {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const sizeLength = Math.clz32(bytes[at + idLength] ?? 0) - 23;
  if (idLength > 4 || sizeLength > 8 || at + idLength + sizeLength > bytes.length) {
    throw new RangeError(`no element at byte ${at}`);
  }
  let id = 0;
  for (let i = 0; i < idLength; i++) id = id * 256 + bytes[at + i];
  let size = bytes[at + idLength] & (0xff >> sizeLength);
  let open = size === 0xff >> sizeLength;
  for (let i = 1; i < sizeLength; i++) {
    const byte = bytes[at + idLength + i];
    open &&= byte === 0xff;
    size = size * 256 + byte;
  }
  return { id, length: idLength + sizeLength, sizeLength, size: open ? Number.POSITIVE_INFINITY : size };
}

/** An element within bytes at hand. */
export interface Element {
  readonly id: number;
  readonly content: Uint8Array;
}

/** The elements one behind the other. @throws RangeError when they do not fill the bytes. */
export function* elementsIn(bytes: Uint8Array): Generator<Element> {
  for (let at = 0; at < bytes.length; ) {
    const { id, length, size } = elementHeader(bytes, at);
    const end = at + length + size;
    if (end > bytes.length) throw new RangeError(`the element at byte ${at} is longer than what holds it`);
    yield { id, content: bytes.subarray(at + length, end) };
    at = end;
  }
}

/** An unsigned number from an element's content. Above 2^53 it loses its last digits. */
export function unsignedFrom(content: Uint8Array): number {
  if (content.length > 8) throw new RangeError(`a number of ${content.length} bytes`);
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

/** An element. A number is written in as few bytes as it needs. */
export function element(id: number, ...content: readonly (Uint8Array | number)[]): Buffer {
  const parts = content.map((part) => (typeof part === 'number' ? unsigned(part) : part));
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([unsigned(id), elementSize(size), ...parts]);
}

/** An element's size in so many bytes; the fewest unless told. */
export function elementSize(size: number, length?: number): Buffer {
  let needed = length ?? 1;
  // All ones mean an open size.
  while (length === undefined && size >= 2 ** (7 * needed) - 1) needed++;
  const bytes = Buffer.alloc(needed);
  let rest = size;
  for (let i = needed - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  if (rest > 0 || bytes[0] >= 0x100 >> needed) throw new RangeError(`a size of ${size} does not fit ${needed} bytes`);
  bytes[0] |= 0x100 >> needed;
  return bytes;
}

function unsigned(value: number): Buffer {
  const hex = Math.max(0, Math.round(value)).toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

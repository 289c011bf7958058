import type { FileBytes } from './fileBytes.js';

/** A box of an mp4 or mov file (ISO/IEC 14496-12, section 4.2): its bytes as they are, or the boxes in it. */
export type Box = { readonly type: string } & ({ payload: Buffer } | { readonly boxes: Box[] });

/** Where a box lies in a file. */
export interface BoxPlace {
  readonly type: string;
  readonly start: number;
  /** Bytes of its header. */
  readonly header: number;
  /** Byte behind it. */
  readonly end: number;
}

/** Boxes of one level that are looked at on the way to the index; a file has about ten. */
const MOST_BOXES = 10_000;
/** Boxes that are taken apart; whatever else is inside a movie's index stays as it is. */
const OPENED = new Set(['trak', 'mdia', 'minf', 'stbl', 'tref']);

/** The boxes of one level of a file, without their content. @throws RangeError when one is longer than what holds it. */
export async function* boxesOf(file: FileBytes, start = 0, end = file.size): AsyncGenerator<BoxPlace> {
  let at = start;
  for (let count = 0; at + 8 <= end && count < MOST_BOXES; count++) {
    const place = boxPlace(await file.readUpTo(at, 16), at, end);
    yield place;
    at = place.end;
  }
}

/** The boxes that fill some bytes, opened where that is of use. @throws RangeError when they do not fill them. */
export function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { type, header, end } = boxPlace(bytes.subarray(at, at + 16), at, bytes.length);
    const payload = bytes.subarray(at + header, end);
    boxes.push(OPENED.has(type) ? { type, boxes: boxesIn(payload) } : { type, payload });
    at = end;
  }
  return boxes;
}

/** The first box on a path of types, such as `mdia`, `hdlr`. */
export function findBox(boxes: readonly Box[], ...path: readonly string[]): Box | undefined {
  let level: readonly Box[] = boxes;
  let found: Box | undefined;
  for (const type of path) {
    found = level.find((box) => box.type === type);
    level = found !== undefined && 'boxes' in found ? found.boxes : [];
  }
  return found;
}

/** The content of the box on a path. @throws RangeError when there is none. */
export function payloadAt(boxes: readonly Box[], ...path: readonly string[]): Buffer {
  const box = findBox(boxes, ...path);
  if (box === undefined || !('payload' in box)) throw new RangeError(`no box ${path.join('/')}`);
  return box.payload;
}

/** Bytes that a box takes in a file. */
export function boxSize(box: Box): number {
  return 8 + ('payload' in box ? box.payload.length : box.boxes.reduce((sum, inner) => sum + boxSize(inner), 0));
}

/** A box as pieces to be written one behind the other. */
export function boxPieces(box: Box): Buffer[] {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(boxSize(box));
  header.write(box.type, 4, 'latin1');
  return [header, ...('payload' in box ? [box.payload] : box.boxes.flatMap(boxPieces))];
}

function boxPlace(head: Buffer, start: number, limit: number): BoxPlace {
  if (head.length < 8) throw new RangeError(`no box at byte ${start}`);
  const short = head.readUInt32BE(0);
  const header = short === 1 ? 16 : 8;
  if (head.length < header) throw new RangeError(`no box at byte ${start}`);
  // 0 reaches to the end, 1 says that 64 bits follow.
  const size = short === 0 ? limit - start : short === 1 ? Number(head.readBigUInt64BE(8)) : short;
  const end = start + size;
  if (size < header || end > limit) throw new RangeError(`the box at byte ${start} has a size of ${size}`);
  return { type: head.toString('latin1', 4, 8), start, header, end };
}

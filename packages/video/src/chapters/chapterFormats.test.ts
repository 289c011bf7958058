import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../testClips.js';
import { type Box, boxesIn, boxPieces, boxSize, findBox, payloadAt } from './boxes.js';
import { type Chapter, chaptersInOrder, titleBytes, titleFrom } from './chapter.js';
import { moveOffsets, offsetTables, widenOffsets } from './chunkOffsets.js';
import { element, elementHeader, elementSize, elementsIn, MATROSKA_ID, unsignedFrom } from './ebml.js';
import { FileBytes } from './fileBytes.js';
import { neroChapters, readNeroChapters } from './neroChapters.js';
import { readMatroskaChapters } from './readMatroskaChapters.js';
import { shiftTail } from './shiftTail.js';

const folder = scratchFolder();

async function fileOf(name: string, bytes: Uint8Array): Promise<FileBytes> {
  writeFileSync(path.join(folder, name), bytes);
  return FileBytes.open(path.join(folder, name), 'r+');
}

async function contentOf(name: string): Promise<Buffer> {
  const file = await FileBytes.open(path.join(folder, name), 'r');
  try {
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

const mark = (start: number, title = '', end?: number): Chapter => ({ start, end, title });

describe('chapters of a file', () => {
  it('are those that start later than the one before', () => {
    expect(chaptersInOrder([mark(1, 'a', 2), mark(1, 'b'), mark(0, 'c'), mark(3, 'd', 3)])).toEqual([
      mark(1, 'a', 2),
      mark(3, 'd'),
    ]);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 1e9])('cannot start at %d s', (start) => {
    expect(() => chaptersInOrder([mark(start)])).toThrow(RangeError);
  });

  it('have titles that are cut between characters, and read in UTF-8 and UTF-16', () => {
    expect(titleBytes('aé二', 2).toString()).toBe('a');
    expect(titleBytes('aé二', 3).toString()).toBe('aé');
    expect(titleBytes('aé二', 5).toString()).toBe('aé');
    expect(titleBytes('aé二', 6).toString()).toBe('aé二');
    expect(titleFrom(Buffer.from('\ufeffaé', 'utf16le'))).toBe('aé');
    expect(titleFrom(Buffer.from('\ufeffaé', 'utf16le').swap16())).toBe('aé');
    expect(titleFrom(Buffer.from('a\nb\0'))).toBe('a b');
  });
});

describe('a chpl box', () => {
  it('comes back as it was written', () => {
    const chapters = [mark(0, 'One'), mark(1.2345678, 'Zwei ü'), mark(40_000.5)];
    expect(readNeroChapters(neroChapters(chapters))).toEqual(chapters);
  });

  it('holds 255 chapters of 255 bytes', () => {
    const chapters = Array.from({ length: 300 }, (_, i) => mark(i, 'x'.repeat(300)));
    const read = readNeroChapters(neroChapters(chapters));
    expect(read).toHaveLength(255);
    expect(read[254]).toEqual(mark(254, 'x'.repeat(255)));
  });

  it('is refused when it is cut off', () => {
    const payload = neroChapters([mark(0, 'One'), mark(1, 'Two')]);
    for (let length = 0; length < payload.length; length++) {
      expect(() => readNeroChapters(payload.subarray(0, length))).toThrow(RangeError);
    }
  });
});

describe('EBML', () => {
  it.each([0, 1, 126, 127, 128, 16382, 16383, 2 ** 31, 2 ** 40])('writes and reads a size of %d', (size) => {
    const header = elementHeader(Buffer.concat([Buffer.from([0xec]), elementSize(size)]));
    expect(header).toMatchObject({ id: 0xec, size });
    expect(elementHeader(Buffer.concat([Buffer.from([0xec]), elementSize(size, 8)])).size).toBe(size);
  });

  it('knows open sizes, and refuses what is no element', () => {
    expect(elementHeader(Buffer.from([0xec, 0xff])).size).toBe(Number.POSITIVE_INFINITY);
    expect(elementHeader(Buffer.from([0xec, 0x01, 255, 255, 255, 255, 255, 255, 255])).size).toBe(
      Number.POSITIVE_INFINITY,
    );
    for (const bytes of [[], [0], [0xec], [0xec, 0], [0x10, 0x43], [0xec, 0x40]]) {
      expect(() => elementHeader(Buffer.from(bytes))).toThrow(RangeError);
    }
    expect(() => [...elementsIn(Buffer.from([0xec, 0x82, 0]))]).toThrow(RangeError);
    expect(() => elementSize(127, 1)).not.toThrow();
    expect(() => elementSize(128, 1)).toThrow(RangeError);
  });

  it('writes numbers that come back', () => {
    for (const value of [0, 1, 255, 256, 2 ** 32, 2 ** 52 + 1]) {
      const [{ content }] = elementsIn(element(MATROSKA_ID.atomStart, value));
      expect(unsignedFrom(content)).toBe(value);
    }
    // The checksum of the IEEE polynomial, as FFmpeg's own index has it.
    expect(crc32('123456789')).toBe(0xcbf43926);
  });

  it('is read without end where a file says so, and not further than the file goes', async () => {
    const header = element(MATROSKA_ID.ebml, Buffer.alloc(3));
    const open = Buffer.from([0x18, 0x53, 0x80, 0x67, 0xff]);
    const atom = element(MATROSKA_ID.atom, element(MATROSKA_ID.atomStart, 5e9));
    const chapters = element(MATROSKA_ID.chapters, element(MATROSKA_ID.edition, atom));
    const read = async (...parts: Buffer[]) => {
      const file = await fileOf('open.mkv', Buffer.concat(parts));
      return readMatroskaChapters(file).finally(() => file.close());
    };
    expect(await read(header, open, element(MATROSKA_ID.void, Buffer.alloc(500)), chapters)).toEqual([mark(5)]);
    expect(await read(header, open)).toEqual([]);
    await expect(read(header, open, chapters.subarray(0, -1))).rejects.toThrow(RangeError);
    await expect(read(header)).rejects.toThrow(RangeError);
    const reference = element(
      MATROSKA_ID.seek,
      element(MATROSKA_ID.seekId, MATROSKA_ID.chapters),
      element(MATROSKA_ID.seekPosition, 2 ** 50),
    );
    await expect(read(header, open, element(MATROSKA_ID.seekHead, reference))).rejects.toThrow(RangeError);
  });
});

describe('chunk offsets', () => {
  function movie(): Box[] {
    const stco = Buffer.alloc(8 + 12);
    stco.writeUInt32BE(3, 4);
    for (const [i, offset] of [50, 1000, 0xffff_fff0].entries()) stco.writeUInt32BE(offset, 8 + 4 * i);
    const table: Box = { type: 'stbl', boxes: [{ type: 'stco', payload: stco }] };
    const track: Box = {
      type: 'trak',
      boxes: [{ type: 'mdia', boxes: [{ type: 'minf', boxes: [table] }] }],
    };
    return boxesIn(Buffer.concat(boxPieces({ type: 'moov', boxes: [track] })).subarray(8));
  }

  it('move from a place on, in 64 bits where 32 are too few', async () => {
    const boxes = movie();
    const tables = offsetTables(boxes);
    await expect(moveOffsets(tables, 100, 1000)).rejects.toThrow(RangeError);
    const [track] = boxes;
    const before = boxSize(track);
    await widenOffsets(tables);
    expect(boxSize(track)).toBe(before + 12);
    await moveOffsets(tables, 100, 1000);
    const moved = boxesIn(Buffer.concat(boxPieces(track)));
    const stbl = findBox(moved, 'trak', 'mdia', 'minf', 'stbl');
    const table = payloadAt(stbl !== undefined && 'boxes' in stbl ? stbl.boxes : [], 'co64');
    expect([0, 1, 2].map((i) => Number(table.readBigUInt64BE(8 + 8 * i)))).toEqual([50, 2000, 2 ** 32 + 984]);
  });

  it('are refused where a table is shorter than it says', async () => {
    const payload = Buffer.alloc(12);
    payload.writeUInt32BE(2, 4);
    await expect(moveOffsets([[{ type: 'stco', payload }]], 0, 1)).rejects.toThrow(RangeError);
    await expect(widenOffsets([[{ type: 'stco', payload }]])).rejects.toThrow(RangeError);
  });
});

describe('shiftTail', () => {
  const bytes = Buffer.from(Array.from({ length: 100 }, (_, i) => i));
  const { signal } = new AbortController();

  it.each([
    [30, 7, 3],
    [30, 7, 1000],
    [0, 200, 9],
    [99, 1, 1],
    [100, 5, 4],
  ])('from byte %i by %i in blocks of %i', async (from, by, block) => {
    const file = await fileOf('shift', bytes);
    await shiftTail(file, from, by, { signal, block });
    await file.close();
    const after = await contentOf('shift');
    expect(after.subarray(0, from)).toEqual(bytes.subarray(0, from));
    if (from < bytes.length) expect(after.subarray(from + by)).toEqual(bytes.subarray(from));
  });

  it('stops when it is aborted', async () => {
    const file = await fileOf('aborted', bytes);
    const shifting = shiftTail(file, 10, 5, { signal: AbortSignal.abort() });
    await expect(shifting).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    await file.close();
  });
});

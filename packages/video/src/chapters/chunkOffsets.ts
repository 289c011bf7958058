// Moves the chunk offsets of an mp4 or mov file when its index grows.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Box, findBox } from './boxes.js';

/** Offsets moved in one go; a long clip has a million of them. */
const BATCH = 100_000;

/** The tables that say where in the file each track's chunks of samples lie (ISO/IEC 14496-12, section 8.7.5). */
export function offsetTables(movie: readonly Box[]): Box[][] {
  return movie.flatMap((track) => {
    const table = track.type === 'trak' && 'boxes' in track ? findBox(track.boxes, 'mdia', 'minf', 'stbl') : undefined;
    return table !== undefined && 'boxes' in table ? [table.boxes] : [];
  });
}

/** Turns tables of 32-bit offsets into tables of 64 bits. Done first, so that the size of the index is known before anything moves. */
export async function widenOffsets(tables: readonly Box[][]): Promise<void> {
  for (const boxes of tables) {
    const i = boxes.findIndex(({ type }) => type === 'stco');
    const narrow = boxes[i];
    if (narrow === undefined || !('payload' in narrow)) continue;
    const count = entries(narrow.payload, 4);
    const wide = Buffer.alloc(8 + 8 * count);
    narrow.payload.copy(wide, 0, 0, 8);
    for (let k = 0; k < count; k++) {
      wide.writeUInt32BE(narrow.payload.readUInt32BE(8 + 4 * k), 12 + 8 * k);
      if (k % BATCH === BATCH - 1) await nextTurn();
    }
    boxes[i] = { type: 'co64', payload: wide };
  }
}

/** Moves every offset at or behind a place by so many bytes. @throws RangeError for a 32-bit offset that would overflow. */
export async function moveOffsets(tables: readonly Box[][], from: number, by: number): Promise<void> {
  for (const boxes of tables) {
    for (const box of boxes) {
      if (!('payload' in box) || (box.type !== 'stco' && box.type !== 'co64')) continue;
      const bytes = box.type === 'stco' ? 4 : 8;
      const table = Buffer.from(box.payload);
      for (let k = 0, at = 8; k < entries(table, bytes); k++, at += bytes) {
        const offset = bytes === 4 ? table.readUInt32BE(at) : Number(table.readBigUInt64BE(at));
        if (offset < from) continue;
        if (bytes === 4) table.writeUInt32BE(offset + by, at);
        else table.writeBigUInt64BE(BigInt(offset + by), at);
        if (k % BATCH === BATCH - 1) await nextTurn();
      }
      box.payload = table;
    }
  }
}

function entries(table: Buffer, bytes: number): number {
  const count = table.readUInt32BE(4);
  if (8 + count * bytes > table.length) throw new RangeError(`${count} offsets in ${table.length} bytes`);
  return count;
}

// Makes room in the middle of a file.
import { throwIfAborted } from '@gimbal/core';
import type { FileBytes } from './fileBytes.js';

/** Bytes that are held in memory. */
const BLOCK = 4 * 2 ** 20;

/** Moves everything from a place to the end of the file towards the end, in place, last block first. @throws GimbalError when aborted. */
export async function shiftTail(
  file: FileBytes,
  from: number,
  by: number,
  { signal, block = BLOCK }: { readonly signal: AbortSignal; readonly block?: number },
): Promise<void> {
  for (let end = file.size; end > from; end -= block) {
    throwIfAborted(signal);
    const start = Math.max(from, end - block);
    await file.write(start + by, await file.read(start, end - start));
  }
}

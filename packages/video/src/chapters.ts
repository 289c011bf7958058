import { open } from 'node:fs/promises';
import type { InputFile } from './inputFile.js';

/** Bytes at either end of a Matroska file in which its chapters are looked for. */
const SEARCHED = 2 ** 20;
/** Matroska's element ID of the chapters. */
const MATROSKA_CHAPTERS = Buffer.from([0x10, 0x43, 0xa7, 0x70]);

/**
 * True if the file has chapter marks. FFmpeg's bindings do not hand them over, so they are recognised by what holds them: the text
 * track of mp4 and mov, the element of Matroska (once in the index at the start, once where the chapters themselves are).
 */
export async function hasChapters({ context }: InputFile, file: string): Promise<boolean> {
  const container = context.iformat?.name ?? '';
  if (container.startsWith('mov')) {
    return context.streams.some((stream) => stream.codecpar.codecTagString === 'text');
  }
  if (!container.startsWith('matroska')) return false;
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    for (const start of new Set([0, Math.max(0, size - SEARCHED)])) {
      const bytes = Buffer.alloc(Math.min(SEARCHED, size - start));
      await handle.read(bytes, 0, bytes.length, start);
      if (bytes.includes(MATROSKA_CHAPTERS)) return true;
    }
    return false;
  } finally {
    await handle.close();
  }
}

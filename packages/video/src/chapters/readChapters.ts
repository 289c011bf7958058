import type { InputFile } from '../source/inputFile.js';
import type { Chapter } from './chapter.js';
import { FileBytes } from './fileBytes.js';
import { readMatroskaChapters } from './readMatroskaChapters.js';
import { readQuicktimeChapters } from './readQuicktimeChapters.js';

/**
 * The chapters of an mp4, mov, Matroska or WebM file, in order; none for other containers. FFmpeg's bindings do not hand them over, so
 * they are read from the file. Chapters that make no sense become a note, whatever is wrong with them: no clip fails for its chapters.
 */
export async function readChapters({ context, local }: InputFile, path: string, notes: string[]): Promise<Chapter[]> {
  const container = context.iformat?.name ?? '';
  if (!local) {
    if (/^(mov|matroska)/.test(container))
      notes.push('Chapter marks are read from local files only; if there are any, they are left out.');
    return [];
  }
  const file = await FileBytes.open(path, 'r');
  try {
    if (container.startsWith('mov')) return await readQuicktimeChapters(file, path, context.streams);
    if (container.startsWith('matroska')) return await readMatroskaChapters(file);
    return [];
  } catch {
    notes.push('The chapter marks cannot be read and are left out.');
    return [];
  } finally {
    await file.close();
  }
}

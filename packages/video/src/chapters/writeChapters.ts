// Puts chapters into a finished file.
import { GimbalError } from '@gimbal/core';
import { type Container, isQuicktime } from '../sink/container.js';
import { writeFailure } from '../sink/writeError.js';
import type { Chapter } from './chapter.js';
import { FileBytes } from './fileBytes.js';
import { writeMatroskaChapters } from './writeMatroskaChapters.js';
import { writeQuicktimeChapters } from './writeQuicktimeChapters.js';

const NO_PLACE = 'The chapter marks find no place in the output and are left out.';

/** A finished file that is to get chapters. */
export interface ChapterTarget {
  /** Where it lies. */
  readonly file: string;
  /** What messages call it. */
  readonly name: string;
  readonly container: Container;
  readonly signal: AbortSignal;
}

/**
 * Puts chapters into a file that FFmpeg has finished. What does not fit the file is left out with a note.
 * @throws GimbalError `GIMBAL_E_DISK_FULL`, `GIMBAL_E_OUTPUT_UNWRITABLE`, `GIMBAL_E_CANCELLED`; the file is then good for nothing.
 */
export async function writeChapters(
  chapters: readonly Chapter[],
  { file, name, container, signal }: ChapterTarget,
  notes: string[],
): Promise<void> {
  if (chapters.length === 0) return;
  const quicktime = isQuicktime(container);
  if (!quicktime && !['matroska', 'webm'].includes(container.muxer)) {
    notes.push(`${container.muxer} has no chapter marks; they are left out.`);
    return;
  }
  let bytes: FileBytes | undefined;
  try {
    bytes = await FileBytes.open(file, 'r+');
    const stored = quicktime
      ? await writeQuicktimeChapters(bytes, chapters, signal)
      : await writeMatroskaChapters(bytes, chapters);
    if (!stored) notes.push(NO_PLACE);
  } catch (error) {
    if (GimbalError.isInstance(error)) throw error;
    // The file is read before it is changed: one that is not as expected is a whole one still.
    if (error instanceof RangeError) notes.push(NO_PLACE);
    else throw writeFailure(error, 'store the chapter marks', name);
  } finally {
    await bytes?.close();
  }
}

import { throwIfAborted } from '@gimbal/core';
import { movedChapters } from '../chapters/chapter.js';
import { writeChapters } from '../chapters/writeChapters.js';
import type { OutputFile } from './outputFile.js';
import { OutputPipe } from './outputPipe.js';
import type { OutputContainer } from './outputStreams.js';

/**
 * Puts the chapters into an output whose streams are written and closed, and gives it its name; when that fails nothing is left behind. On a
 * pipe all is said by then.
 * @param name what messages call the output.
 * @throws GimbalError `GIMBAL_E_DISK_FULL`, `GIMBAL_E_OUTPUT_EXISTS`, `_UNWRITABLE`, `GIMBAL_E_CANCELLED`.
 */
export async function completeOutput(
  output: OutputFile | OutputPipe,
  { others, muxer }: Pick<OutputContainer, 'others' | 'muxer'>,
  { name, signal, notes }: { readonly name: string; readonly signal: AbortSignal; readonly notes: string[] },
): Promise<void> {
  const { container, delay } = muxer;
  if (output instanceof OutputPipe) {
    if (others.chapters.length > 0)
      notes.push('Chapter marks are put into finished files; on a pipe they are left out.');
    throwIfAborted(signal);
    return;
  }
  try {
    await writeChapters(
      movedChapters(others.chapters, delay),
      { file: output.temporary, name, container, signal },
      notes,
    );
    throwIfAborted(signal);
  } catch (error) {
    await output.discard();
    throw error;
  }
  await output.publish();
}

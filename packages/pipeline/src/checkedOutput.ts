import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';

/**
 * Refuses, before hours of work, a side output (motion, trajectory) that could not be written in the end.
 * @throws GimbalError `GIMBAL_E_OUTPUT_EXISTS`, `GIMBAL_E_OUTPUT_IS_INPUT`, `GIMBAL_E_OUTPUT_UNWRITABLE`
 */
export function checkOutputFile(file: string, taken: readonly string[], overwrite: boolean): void {
  if (taken.some((other) => path.resolve(other) === path.resolve(file))) {
    throw new GimbalError(
      'GIMBAL_E_OUTPUT_IS_INPUT',
      `${file} is already used by this run; give every file a name of its own.`,
    );
  }
  if (existsSync(file) && !overwrite) {
    throw new GimbalError('GIMBAL_E_OUTPUT_EXISTS', `${file} exists; choose another name or pass --overwrite.`);
  }
  if (!existsSync(file) && lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_OUTPUT_UNWRITABLE',
      `${file} is a link to a file that does not exist; remove the link, or name the file itself.`,
    );
  }
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) {
    throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `${file} cannot be written: there is no folder ${folder}.`);
  }
}

/** Writes a text (or bytes) under its name only when it is complete. @throws GimbalError `GIMBAL_E_DISK_FULL`, `GIMBAL_E_OUTPUT_UNWRITABLE` */
export async function writeWhole(file: string, text: string | Uint8Array): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === 'ENOSPC' || reason === 'EDQUOT') {
      throw new GimbalError('GIMBAL_E_DISK_FULL', `No space left to write ${file}.`, { cause });
    }
    throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `${file} cannot be written (${reason}).`, { cause });
  }
}

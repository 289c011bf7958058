import { accessSync, constants, lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { GimbalError } from '@gimbal/core';

let counter = 0;

/** A file that is written under another name beside its own and appears only when it is complete. */
export class OutputFile {
  /** The name that the output will have, links resolved. */
  readonly path: string;
  /** Where it is written until then. */
  readonly temporary: string;
  readonly #overwrite: boolean;

  /**
   * Checks that the output may be written; touches nothing.
   * @throws GimbalError `GIMBAL_E_OUTPUT_IS_INPUT`, `_EXISTS`, `_UNWRITABLE`.
   */
  constructor(file: string, options: { readonly overwrite: boolean; readonly input?: string | undefined }) {
    this.#overwrite = options.overwrite;
    const existing = statOf(file);
    if (!existing) checkLink(file);
    this.path = existing ? realpathSync(file) : path.resolve(file);
    if (existing) checkExisting(file, existing, options);
    checkFolder(path.dirname(this.path), file);
    const { name, ext } = path.parse(this.path);
    const thread = isMainThread ? '' : `-t${threadId}`;
    const suffix = `${thread}${counter++ === 0 ? '' : `-${counter}`}`;
    this.temporary = path.join(
      path.dirname(this.path),
      `.${name.slice(0, 60)}.gimbal-${process.pid}${suffix}${ext.toLowerCase()}`,
    );
  }

  /** Gives the output its name. Without `overwrite` a file that appeared meanwhile is left alone. */
  async publish(): Promise<void> {
    try {
      if (this.#overwrite) await rename(this.temporary, this.path);
      else await this.#publishNew();
    } catch (cause) {
      await this.discard();
      if (GimbalError.isInstance(cause)) throw cause;
      throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `The finished output could not be named ${this.path}.`, {
        cause,
      });
    }
  }

  /** Removes what has been written so far. */
  async discard(): Promise<void> {
    await rm(this.temporary, { force: true });
  }

  /** A hard link fails where a rename would replace; only file systems without links take the check and the rename apart. */
  async #publishNew(): Promise<void> {
    try {
      await link(this.temporary, this.path);
      await rm(this.temporary);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST' || statOf(this.path)) throw outputExists(this.path, cause);
      await rename(this.temporary, this.path);
    }
  }
}

function checkExisting(
  file: string,
  existing: Stats,
  { input, overwrite }: { readonly overwrite: boolean; readonly input?: string | undefined },
): void {
  const source = input === undefined ? undefined : statOf(input);
  if (source && source.ino === existing.ino && source.dev === existing.dev) {
    throw new GimbalError(
      'GIMBAL_E_OUTPUT_IS_INPUT',
      `The output ${file} is the input ${input} itself; name another file, it would be destroyed.`,
    );
  }
  if (!existing.isFile()) {
    const kind = existing.isDirectory() ? 'a directory' : 'not a regular file';
    throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `Expected a file name for the output, but ${file} is ${kind}.`);
  }
  if (!overwrite) throw outputExists(file);
  try {
    accessSync(file, constants.W_OK);
  } catch (cause) {
    throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `The output ${file} exists and may not be replaced.`, {
      cause,
    });
  }
}

/** A link to nothing is neither a name that is free nor a file that may be replaced. */
function checkLink(file: string): void {
  const link = lstatSync(file, { throwIfNoEntry: false });
  if (!link?.isSymbolicLink()) return;
  throw new GimbalError(
    'GIMBAL_E_OUTPUT_UNWRITABLE',
    `The output ${file} is a link to ${readlinkSync(file)}, which does not exist; remove the link, or name the file itself.`,
  );
}

function checkFolder(folder: string, file: string): void {
  const unwritable = (why: string, cause?: unknown) =>
    new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `The output ${file} cannot be written: ${why}`, { cause });
  const stats = statOf(folder);
  if (!stats) throw unwritable(`there is no folder ${folder}; make it first.`);
  if (!stats.isDirectory()) throw unwritable(`${folder} is not a folder.`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unwritable(`the folder ${folder} takes no new files; check the permissions.`, cause);
  }
}

function outputExists(file: string, cause?: unknown): GimbalError {
  return new GimbalError(
    'GIMBAL_E_OUTPUT_EXISTS',
    `The output ${file} exists already; name another file or ask to overwrite it.`,
    { cause },
  );
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

// Makes an input readable more than once: a pipe is kept in a file while a job needs it.
import { createWriteStream, fstatSync, open, readlinkSync, rmSync, type Stats, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { GimbalError, throwIfAborted } from '@gimbal/core';
import type { JobOptions } from '../engine/engine.js';

/** An input that can be read as often as a job needs. */
export interface ReceivedInput {
  /** The file to read. */
  readonly file: string;
  /** What there is to say of how it came; nothing where it was a file. */
  readonly notes: readonly string[];
  /** A message about the file, in terms of what the user named. */
  retold(message: string): string;
  /** The same for an error. */
  retoldError(error: unknown): unknown;
  /** Removes what was kept. */
  remove(): Promise<void>;
}

/** Stands for standard input. */
const STANDARD_INPUT = '-';

/** Whether an input is a pipe: standard input (`-`), or a name of one, as a shell's `<(...)` gives. */
export function isPipe(input: string): boolean {
  return input === STANDARD_INPUT || statOf(() => statSync(input))?.isFIFO() === true;
}

/**
 * Makes an input readable more than once: a pipe is kept in a temporary file, which goes when the caller says so, and at the latest with the
 * process. Files, URLs and sequences stay what they are. A file that was sent to standard input is read where it lies, where the system tells.
 * @throws GimbalError `GIMBAL_E_INPUT_UNREADABLE` for a terminal or an empty pipe, `GIMBAL_E_DISK_FULL`, `GIMBAL_E_CANCELLED`.
 */
export async function receiveInput(input: string, { signal, onProgress }: JobOptions): Promise<ReceivedInput> {
  if (!isPipe(input)) return asItIs(input);
  const redirected = input === STANDARD_INPUT ? redirectedFile() : undefined;
  if (redirected !== undefined) return asItIs(redirected);
  throwIfAborted(signal);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gimbal-input-'));
  // Also where the process ends at once.
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', removeNow);
  const remove = async () => {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeNow);
  };
  const file = path.join(folder, 'clip');
  const name = input === STANDARD_INPUT ? 'standard input (-)' : input;
  try {
    const bytes = await keep(await opened(input), file, { signal, onProgress });
    if (bytes === 0) throw new GimbalError('GIMBAL_E_INPUT_UNREADABLE', `Expected a video, but ${name} is empty.`);
    const retold = (message: string) => message.replaceAll(file, name);
    return {
      file,
      notes: [
        `A pipe can be read once only: ${(bytes / 1e6).toFixed(1)} MB from ${name} were kept in a temporary file in ${os.tmpdir()} for the length of the run.`,
      ],
      retold,
      retoldError: (error) =>
        GimbalError.isInstance(error) && error.message.includes(file)
          ? new GimbalError(error.code, retold(error.message), { cause: error })
          : error,
      remove,
    };
  } catch (error) {
    await remove();
    throwIfAborted(signal);
    throw failure(error, name);
  }
}

function asItIs(file: string): ReceivedInput {
  return {
    file,
    notes: [],
    retold: (message) => message,
    retoldError: (error) => error,
    remove: async () => undefined,
  };
}

async function opened(input: string): Promise<Readable> {
  if (input === STANDARD_INPUT) return (await import('@gimbal/video')).openStandardInput();
  // Opening waits for a writer.
  return new Socket({ fd: await promisify(open)(input, 'r'), writable: false });
}

async function keep(input: Readable, file: string, { signal, onProgress }: JobOptions): Promise<number> {
  let done = 0;
  onProgress?.({ stage: 'receive', done, unit: 'bytes' });
  await pipeline(
    input,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        done += chunk.length;
        onProgress?.({ stage: 'receive', done, unit: 'bytes' });
        yield chunk;
      }
    },
    createWriteStream(file, { mode: 0o600 }),
    { signal },
  );
  return done;
}

/** The file that a shell sent to standard input (`< clip.mp4`), by its name. */
function redirectedFile(): string | undefined {
  const input = statOf(() => fstatSync(0));
  if (input?.isFile() !== true) return undefined;
  const name = nameOf('/proc/self/fd/0');
  const named = name === undefined ? undefined : statOf(() => statSync(name));
  return named?.ino === input.ino && named.dev === input.dev ? name : undefined;
}

function nameOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function statOf(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function failure(cause: unknown, name: string): unknown {
  if (GimbalError.isInstance(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new GimbalError(
      'GIMBAL_E_DISK_FULL',
      `The disk is full: what comes from ${name} is kept in ${os.tmpdir()}; make room, or let TMPDIR name a folder that has it.`,
      { cause },
    );
  }
  return new GimbalError('GIMBAL_E_INPUT_UNREADABLE', `${name} cannot be read: ${message}.`, { cause });
}

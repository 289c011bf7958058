import { constants, createReadStream, createWriteStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { GimbalError } from '@gimbal/core';

/** Stands for standard input or standard output where a file is named. */
export const STANDARD_STREAM = '-';

const READ_BYTES = 2 ** 20;

/**
 * Standard input as bytes, in any thread. The process's own `stdin` must not be read beside it.
 * @throws GimbalError `GIMBAL_E_INPUT_UNREADABLE` where it is a terminal or closed.
 */
export function openStandardInput(): Readable {
  const unreadable = (what: string) =>
    new GimbalError('GIMBAL_E_INPUT_UNREADABLE', `Expected a clip on standard input (-), but ${what}.`);
  if (isatty(0)) throw unreadable('it is a terminal: send a file into it ("gimbal ... < clip.mp4"), or a pipe');
  const kind = kindOf(0);
  if (kind === undefined) throw unreadable('it is closed');
  if (kind === 'pipe' || kind === 'socket') return new Socket({ fd: reopened(0, kind), writable: false });
  return createReadStream('', { fd: 0, autoClose: false, highWaterMark: READ_BYTES });
}

/**
 * Standard output for bytes, in any thread, which waits for its reader without stopping the thread.
 * @throws GimbalError `GIMBAL_E_OUTPUT_UNWRITABLE` where it is a terminal or closed.
 */
export function openStandardOutput(): Writable {
  const unwritable = (what: string) =>
    new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `The clip cannot be written to standard output (-): ${what}.`);
  if (isatty(1)) throw unwritable('it is a terminal; send it into a file ("gimbal ... > steady.mkv"), or a pipe');
  const kind = kindOf(1);
  if (kind === undefined) throw unwritable('it is closed');
  if (kind === 'pipe' || kind === 'socket') return new Socket({ fd: reopened(1, kind), readable: false });
  return createWriteStream('', { fd: 1, autoClose: false });
}

type Kind = 'pipe' | 'socket' | 'other';

function kindOf(fd: number): Kind | undefined {
  try {
    const stats = fstatSync(fd);
    return stats.isFIFO() ? 'pipe' : stats.isSocket() ? 'socket' : 'other';
  } catch {
    return undefined;
  }
}

/**
 * The same pipe opened once more where the system can (Linux): a socket of Node's makes its descriptor non-blocking, which the programs that
 * share ours would feel.
 */
function reopened(fd: 0 | 1, kind: Kind): number {
  if (kind !== 'pipe') return fd;
  try {
    return openSync(`/proc/self/fd/${fd}`, (fd === 0 ? constants.O_RDONLY : constants.O_WRONLY) | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}

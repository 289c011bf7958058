import { GimbalError } from '@gimbal/core';
import type { Terminal } from '../output/reportError.js';

/** The process's own stdout and stderr, and what became of them. */
export interface StandardStreams extends Terminal {
  /** Waits until everything is written. @throws GimbalError where a result could not be: `GIMBAL_E_DISK_FULL`, `GIMBAL_E_OUTPUT_UNWRITABLE`. */
  flushed(): Promise<void>;
}

/**
 * Writes to stdout and stderr without ever failing in mid-run. A reader that goes away (`gimbal … | head`) is no failure; a result that
 * does not fit on a disk is, once the run is over. Nobody can be told that stderr is gone.
 */
export function standardStreams(): StandardStreams {
  let problem: NodeJS.ErrnoException | undefined;
  const failed = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') problem ??= error;
  };
  process.stdout.on('error', failed);
  process.stderr.on('error', () => undefined);
  return {
    out: (text) => {
      try {
        process.stdout.write(text);
      } catch (error) {
        failed(error as NodeJS.ErrnoException);
      }
    },
    err: (text) => {
      try {
        process.stderr.write(text);
      } catch {
        // Gone.
      }
    },
    live: process.stderr.isTTY === true,
    async flushed() {
      await Promise.all([drained(process.stdout), drained(process.stderr)]);
      if (problem === undefined) return;
      const full = problem.code === 'ENOSPC' || problem.code === 'EDQUOT';
      throw new GimbalError(
        full ? 'GIMBAL_E_DISK_FULL' : 'GIMBAL_E_OUTPUT_UNWRITABLE',
        `The result could not be written to stdout (${problem.code}); the run itself is over.`,
        { cause: problem },
      );
    },
  };
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    try {
      stream.write('', () => resolve());
    } catch {
      resolve();
    }
  });
}

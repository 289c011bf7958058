import type { Writable } from 'node:stream';
import { GimbalError } from '@gimbal/core';
import { AVERROR_EPIPE } from 'node-av/constants';
import { IOContext } from 'node-av/lib';
import { openStandardOutput } from './standardStreams.js';
import { writeFailure } from './writeError.js';

/** Bytes that FFmpeg collects before it hands them over. */
const BUFFER_BYTES = 64 * 1024;

/** An output that is read while it is written: standard output. FFmpeg cannot go back in it. */
export class OutputPipe {
  readonly #stream: Writable;
  /** What is written before the header is known to be whole: a container that refuses a stream is begun again. */
  #held: Buffer[] | undefined;
  #failure: GimbalError | undefined;
  #refuse: (() => void) | undefined;

  /**
   * @param signal ends writes that wait for a reader.
   * @throws GimbalError `GIMBAL_E_OUTPUT_UNWRITABLE` where standard output is a terminal or closed.
   */
  constructor(signal?: AbortSignal, stream: Writable = openStandardOutput()) {
    this.#stream = stream;
    signal?.addEventListener('abort', () => this.interrupt(), { once: true });
    stream.on('error', (cause: NodeJS.ErrnoException) => this.#fail(cause));
  }

  /** Why nothing more can be written. */
  get failure(): GimbalError | undefined {
    return this.#failure;
  }

  /** What FFmpeg writes to, from the start. Only one of them is used at a time, and only the last one goes on after its header. */
  begin(): IOContext {
    this.#held = [];
    const io = new IOContext();
    io.allocContextWithCallbacks(BUFFER_BYTES, 1, null, (bytes) => this.#take(Buffer.from(bytes)), null);
    return io;
  }

  /** Lets through what was written so far, and from now on everything at once. */
  async headerWritten(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const bytes of held) await this.#write(bytes);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends every write that waits for a reader. What was read stays read. */
  interrupt(): void {
    this.#fail(
      new GimbalError('GIMBAL_E_CANCELLED', 'Interrupted; what went to standard output until then is no whole clip.'),
    );
    this.#stream.destroy();
  }

  async #take(bytes: Buffer): Promise<number> {
    if (this.#held === undefined) return this.#write(bytes);
    this.#held.push(bytes);
    return bytes.length;
  }

  /** Resolves when the system has taken the bytes. */
  async #write(bytes: Buffer): Promise<number> {
    if (this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#refuse = resolve;
        this.#stream.write(bytes, (cause) => {
          if (cause) this.#fail(cause);
          resolve();
        });
      });
    }
    return this.#failure === undefined ? bytes.length : AVERROR_EPIPE;
  }

  #fail(cause: Error): void {
    this.#failure ??= failureOf(cause);
    this.#refuse?.();
  }
}

function failureOf(cause: Error): GimbalError {
  if (GimbalError.isInstance(cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'EPIPE' && code !== 'ECONNRESET') return writeFailure(cause, 'write the clip', 'standard output');
  return new GimbalError(
    'GIMBAL_E_OUTPUT_UNWRITABLE',
    'The reader of standard output (-) closed it before the clip was complete.',
    { cause },
  );
}

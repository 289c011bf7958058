import { type ClipInfo, type Frame, framesUnderWay, GimbalError } from '@gimbal/core';
import type { DeviceCache } from '../cacheOnDevice.js';
import { errorWords } from './errorWords.js';
import type { FrameMessage, FrameWords, PlaneWords } from './frameMessages.js';
import type { LentFrames } from './lentFrames.js';

/** How many frames go in one message, and how many at most have been sent and not been taken by the consumer. */
interface Portions {
  readonly together: number;
  readonly ahead: number;
}

/** Each frame that is under way takes memory of its own: at least so many, and as many as those that are kept where they are small. */
const PASSING: Portions = { together: 4, ahead: 8 };
/** Frames that are kept take no more memory for being under way. As many as an estimator is asked about together. */
const FILLING: Portions = { together: 8, ahead: 24 };
/** Nothing is done for them any more. */
const COMPLETE: Portions = { together: 64, ahead: 128 };
/** Milliseconds that a frame waits for others to go with: a slow decoder's frames go one by one. */
const PATIENCE = 25;

/** One pass over a source whose frames another thread consumes. */
export class ServedPass {
  readonly #pass: number;
  readonly #source: DeviceCache;
  readonly #lent: LentFrames;
  readonly #post: (message: FrameMessage) => void;
  /** Whether frames that the source keeps are those of this pass. */
  readonly #mayKeep: boolean;
  readonly #passing: Portions;
  readonly #stop = new AbortController();
  #reason: Error | undefined;
  #waiting: FrameWords[] = [];
  #planes: readonly PlaneWords[] | undefined;
  /** The planes of the frames that wait, where the reader does not know them yet. */
  #untold: readonly PlaneWords[] | undefined;
  #since = 0;
  #count = 0;
  #sent = 0;
  #ahead = 0;
  #wake: (() => void) | undefined;

  constructor(
    pass: number,
    source: DeviceCache,
    lent: LentFrames,
    options: { readonly alone: boolean; readonly post: (message: FrameMessage) => void },
  ) {
    this.#pass = pass;
    this.#source = source;
    this.#lent = lent;
    this.#post = options.post;
    this.#mayKeep = options.alone;
    this.#passing = passing(source.info);
  }

  /** Sends the frames, and at last how the pass ended. Never rejects. */
  async run(analysisOnly: boolean): Promise<void> {
    const { signal } = this.#stop;
    let failure: unknown;
    try {
      for await (const frame of this.#source.frames({ analysisOnly, signal })) {
        if (signal.aborted) {
          frame.close();
          break;
        }
        const { together, ahead } = this.#portions();
        this.#add(frame);
        const old = performance.now() - this.#since > PATIENCE;
        if (this.#sent === 0 || this.#waiting.length >= together || old) this.#send();
        // The reader tells at the latest when it has taken all that were sent.
        while (this.#ahead >= ahead && !signal.aborted) await this.#room();
      }
    } catch (caught) {
      failure = caught;
    }
    if (signal.aborted) for (const { id } of this.#waiting.splice(0)) this.#lent.giveBack(id);
    else this.#send();
    const { kept, warnings } = this.#source;
    const error = this.#reason ?? failure;
    const words = error === undefined ? undefined : errorWords(error);
    this.#post({ kind: 'ended', pass: this.#pass, state: { kept, warnings }, error: words });
  }

  /** The consumer has taken so many frames more. */
  taken(count: number): void {
    this.#ahead -= count;
    this.#wake?.();
  }

  /** @param reason What the reader is told that the pass failed with, unless it asked for it. */
  stop(reason?: Error): void {
    this.#reason ??= reason;
    this.#stop.abort();
    this.#wake?.();
  }

  #portions(): Portions {
    if (this.#source.kept.complete) return COMPLETE;
    return this.#keeps() ? FILLING : this.#passing;
  }

  /** Whether all frames so far lie there for good. */
  #keeps(): boolean {
    const { complete, frames } = this.#source.kept;
    return this.#mayKeep && (complete || (frames > 0 && frames >= this.#count));
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #add(frame: Frame): void {
    if (frame.memory !== 'cuda') {
      frame.close();
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'Only frames on a CUDA device cross between threads.');
    }
    const { planes, index, time, fullRange } = frame;
    if (!alike(planes, this.#planes)) {
      this.#send();
      this.#planes = planes.map(({ pointer, ...shared }) => shared);
      this.#untold = this.#planes;
    }
    if (this.#waiting.length === 0) this.#since = performance.now();
    const pointers = planes.map(({ pointer }) => pointer);
    this.#waiting.push({ id: this.#lent.lend(frame), index, time, fullRange, pointers });
    this.#count++;
    this.#ahead++;
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const frames = this.#waiting;
    this.#waiting = [];
    this.#post({ kind: 'frames', pass: this.#pass, frames, planes: this.#untold, kept: this.#keeps() });
    this.#untold = undefined;
    this.#sent += frames.length;
  }
}

function passing(info: ClipInfo): Portions {
  const ahead = Math.max(PASSING.ahead, framesUnderWay(FILLING.ahead, info));
  return { together: Math.max(PASSING.together, Math.floor((ahead * FILLING.together) / FILLING.ahead)), ahead };
}

function alike(planes: readonly PlaneWords[], known: readonly PlaneWords[] | undefined): boolean {
  if (known?.length !== planes.length) return false;
  return planes.every((plane, i) => {
    const other = known[i];
    return (
      plane.typestr === other.typestr &&
      plane.stream === other.stream &&
      plane.device === other.device &&
      sameNumbers(plane.shape, other.shape) &&
      sameNumbers(plane.strides, other.strides)
    );
  });
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

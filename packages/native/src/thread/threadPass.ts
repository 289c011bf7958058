import type { FrameRequest, PlaneWords } from './frameMessages.js';
import { type FramePlace, ThreadFrame } from './threadFrame.js';

/** The frames of one pass that have come from the other thread and were not taken yet. */
export class ThreadPass {
  /** What planes of frames to come have in common, as last told. */
  planes: readonly PlaneWords[] = [];
  readonly #id: number;
  readonly #post: (request: FrameRequest) => void;
  /** Frames that may be given back along with another message. */
  readonly #back: () => readonly number[];
  readonly #queue: FramePlace[] = [];
  /** Frames that came together last. As many are taken before the other thread is told, or all that there are. */
  #together = 1;
  #untold = 0;
  #over = false;
  #stopped = false;
  #error: Error | undefined;
  #waking: (() => void)[] = [];
  /** All places of the pass, as long as they are kept where they are. */
  #kept: FramePlace[] | undefined = [];

  constructor(id: number, post: (request: FrameRequest) => void, back: () => readonly number[]) {
    this.#id = id;
    this.#post = post;
    this.#back = back;
  }

  /** Whether a frame, the end or an error is there. */
  get ready(): boolean {
    return this.#queue.length > 0 || this.#over;
  }

  /** Resolves when something has happened. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waking.push(resolve);
    });
  }

  /** The next frame; `undefined` at the end. @throws what the pass failed with, after the frames before it. */
  take(): ThreadFrame | undefined {
    const place = this.#queue.shift();
    if (place === undefined) {
      if (this.#error !== undefined) throw this.#error;
      return undefined;
    }
    const frame = new ThreadFrame(place);
    place.release();
    const enough = ++this.#untold >= this.#together || this.#queue.length === 0;
    if (enough && !this.#over) {
      this.#post({ kind: 'taken', pass: this.#id, count: this.#untold, back: this.#back() });
      this.#untold = 0;
    }
    return frame;
  }

  /** Stops the pass unless it is over, and waits until it is. Frames that nobody took go back. */
  async end(): Promise<void> {
    this.#stopped = true;
    for (const place of this.#queue.splice(0)) place.release();
    this.keepNothing();
    if (!this.#over) this.#post({ kind: 'stop', pass: this.#id });
    while (!this.#over) await this.change();
  }

  /** Frames have come. `kept`: all of the pass lie there for good. */
  add(places: readonly FramePlace[], kept: boolean): void {
    if (!kept) this.keepNothing();
    this.#together = places.length;
    for (const place of places) {
      place.hold();
      if (this.#stopped) place.release();
      else this.#queue.push(place);
      if (this.#kept === undefined) continue;
      place.hold();
      this.#kept.push(place);
    }
    this.wake();
  }

  /** The other thread has ended the pass. */
  conclude(error: Error | undefined): void {
    this.#over = true;
    this.#error = error;
    this.wake();
  }

  /** The other thread is gone, and all memory with it. */
  fail(error: Error): void {
    this.#queue.length = 0;
    this.#kept = undefined;
    this.conclude(error);
  }

  /** Hands over the places of the whole pass, in order, if they are kept; whoever has them releases them. */
  takeKept(): readonly FramePlace[] | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept;
  }

  keepNothing(): void {
    for (const place of this.takeKept() ?? []) place.release();
  }

  wake(): void {
    for (const resolve of this.#waking.splice(0)) resolve();
  }
}

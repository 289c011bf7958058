import type { PictureWords } from './sinkMessages.js';

/** Pictures that are written and that the other thread has not taken yet: as many as fit, within limits. Half of them go in one message. */
const AHEAD = { bytes: 64 * 2 ** 20, least: 3, most: 16 };
/** Milliseconds that a picture waits for others to go with: those of a slow renderer go one by one. */
const PATIENCE = 25;

/** Gathers what is to be told of written pictures, and counts those that are on their way. */
export class WrittenPictures {
  /** Pictures that go in one message, and places that come back in one. */
  readonly together: number;
  readonly #ahead: number;
  #waiting: PictureWords[] = [];
  #since = 0;
  #out = 0;

  /** @param bytes What one takes. */
  constructor(bytes: number) {
    this.#ahead = Math.min(AHEAD.most, Math.max(AHEAD.least, Math.floor(AHEAD.bytes / bytes)));
    this.together = this.#ahead >> 1;
  }

  /** Whether the next must wait until some are taken. */
  get full(): boolean {
    return this.#out >= this.#ahead;
  }

  /** Adds a picture. The answer is whether it is time to tell. */
  add(words: PictureWords): boolean {
    const now = performance.now();
    if (this.#waiting.length === 0) this.#since = now;
    this.#waiting.push(words);
    this.#out++;
    return this.#waiting.length >= this.together || this.#out === 1 || this.full || now - this.#since > PATIENCE;
  }

  /** So many were taken. */
  taken(count: number): void {
    this.#out -= count;
  }

  /** What is to be told now. */
  untold(): readonly PictureWords[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}

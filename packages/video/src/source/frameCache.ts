import type { AvFrame } from '../frame/avFrame.js';

/** Keeps a whole clip's frames while they fit a budget of bytes; a clip that does not fit leaves nothing behind. */
export class FrameCache {
  readonly #budget: number;
  #frames: AvFrame[] = [];
  #bytes = 0;
  #state: 'empty' | 'filling' | 'complete' | 'given up' = 'empty';

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** All frames, once a pass has reached the end within the budget. */
  get frames(): readonly AvFrame[] | undefined {
    return this.#state === 'complete' ? this.#frames : undefined;
  }

  /** True if the caller's pass may fill the cache; one pass at a time does. */
  start(expectedBytes: number): boolean {
    if (this.#state !== 'empty' || expectedBytes > this.#budget) return false;
    this.#state = 'filling';
    return true;
  }

  /** Keeps a second handle on the frame. False when the budget is spent: the pass stops filling. */
  add(frame: AvFrame): boolean {
    if (this.#state !== 'filling') return false;
    this.#bytes += frame.planes.reduce((sum, plane) => sum + plane.stride * plane.height, 0);
    if (this.#bytes > this.#budget) {
      this.clear('given up');
      return false;
    }
    this.#frames.push(frame.clone());
    return true;
  }

  complete(): void {
    if (this.#state === 'filling') this.#state = 'complete';
  }

  /** Frees every frame. After `given up` no pass tries again. */
  clear(state: 'empty' | 'given up' = 'empty'): void {
    for (const frame of this.#frames) frame.close();
    this.#frames = [];
    this.#bytes = 0;
    this.#state = state;
  }
}

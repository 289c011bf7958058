import type { Frame } from '@gimbal/core';

/** Frames that another thread works with: each is held here until it is given back. */
export class LentFrames {
  readonly #frames = new Map<number, Frame>();
  #next = 0;
  #whenEmpty: (() => void) | undefined;

  /** Takes the frame over. The answer is what to call it. */
  lend(frame: Frame): number {
    const id = this.#next++;
    this.#frames.set(id, frame);
    return id;
  }

  giveBack(id: number): void {
    this.#frames.get(id)?.close();
    this.#frames.delete(id);
    if (this.#frames.size === 0) this.#whenEmpty?.();
  }

  /** Resolves when every frame is back. */
  async empty(): Promise<void> {
    if (this.#frames.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  /** Closes all: nobody is there any more to give them back. */
  abandon(): void {
    for (const id of [...this.#frames.keys()]) this.giveBack(id);
  }
}

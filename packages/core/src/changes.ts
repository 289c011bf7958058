/** Wakes those who wait for something that others change. */
export class Changes {
  #waiting: (() => void)[] = [];

  /** Resolves when something has changed; whether it is what was waited for is for the caller to see. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

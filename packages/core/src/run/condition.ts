/** A condition variable: lets a loop wait for something that others change. */
export class Condition {
  #waiting: (() => void)[] = [];

  /** Resolves when something has changed; whether it is what was waited for is for the caller to see. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  notifyAll(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A queue that a producer fills a few items ahead of its consumer, and no further. */
export class Prefetch<T> {
  readonly #queue: T[] = [];
  readonly #depth: number;
  readonly #dispose: (item: T) => void;
  readonly #work: Promise<void>;
  #ended = false;
  #stopped = false;
  #failure: { readonly error: unknown } | undefined;
  #wakeConsumer: (() => void) | undefined;
  #wakeProducer: (() => void) | undefined;

  /** @param produce the next item, or `undefined` at the end. @param dispose for items that were not taken. */
  constructor(produce: () => Promise<T | undefined>, depth: number, dispose: (item: T) => void) {
    this.#depth = depth;
    this.#dispose = dispose;
    this.#work = this.#fill(produce);
  }

  /** @throws what `produce` threw, after the items before it. */
  async next(): Promise<T | undefined> {
    while (this.#queue.length === 0 && !this.#ended && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
    const item = this.#queue.shift();
    this.#wakeProducer?.();
    if (item === undefined && this.#failure) throw this.#failure.error;
    return item;
  }

  /** Resolves when the producer rests and everything left over is disposed of. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeProducer?.();
    this.#wakeConsumer?.();
    await this.#work;
    for (const item of this.#queue.splice(0)) this.#dispose(item);
  }

  async #fill(produce: () => Promise<T | undefined>): Promise<void> {
    try {
      while (!this.#stopped) {
        if (this.#queue.length >= this.#depth) {
          await new Promise<void>((resolve) => {
            this.#wakeProducer = resolve;
          });
          continue;
        }
        const item = await produce();
        if (item === undefined) break;
        this.#queue.push(item);
        this.#wakeConsumer?.();
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#ended = true;
      this.#wakeConsumer?.();
    }
  }
}

/** A call that waits for others. */
interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets calls of one turn of the event loop go together, in order, at most so many. When they fail together each is made again by itself, so that
 * each caller hears of its own.
 */
export function coalesceCalls<T>(
  most: number,
  call: (items: readonly T[]) => Promise<void>,
): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = [];

  function leave(): void {
    const all = waiting;
    waiting = [];
    for (let first = 0; first < all.length; first += most) void make(all.slice(first, first + most));
  }

  async function make(some: readonly Waiting<T>[]): Promise<void> {
    try {
      await call(some.map(({ item }) => item));
      for (const { resolve } of some) resolve();
    } catch (error) {
      if (some.length === 1) some[0].reject(error);
      else for (const one of some) await make([one]);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(leave);
      waiting.push({ item, resolve, reject });
    });
}

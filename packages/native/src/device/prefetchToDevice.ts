import type { Frame } from '@gimbal/core';

/**
 * Brings the frames of a source elsewhere, in order, `depth` of them under way at once while the consumer is busy with one before. The
 * consumer closes what it gets.
 * @param upload Takes a frame over, closes it, and gives what it became.
 * @throws what reading or bringing throws, after the frames before it.
 */
export async function* prefetchToDevice<F extends Frame>(
  frames: AsyncIterable<Frame>,
  depth: number,
  upload: (frame: Frame) => Promise<F>,
): AsyncGenerator<F, void, undefined> {
  const iterator = frames[Symbol.asyncIterator]();
  const underWay: Promise<F | undefined>[] = [];
  let reading: Promise<unknown> = Promise.resolve();
  let ended = false;

  async function read(before: Promise<unknown>): Promise<Frame | undefined> {
    await before;
    if (ended) return undefined;
    const { done, value } = await iterator.next();
    if (done !== true) return value;
    ended = true;
    return undefined;
  }

  function start(): void {
    const frame = read(reading);
    reading = frame.catch(() => {
      ended = true;
    });
    const brought = frame.then((one) => (one === undefined ? undefined : upload(one)));
    // Awaited later; a failure must not count as unhandled until then.
    brought.catch(() => undefined);
    underWay.push(brought);
  }

  try {
    for (;;) {
      while (underWay.length < depth && !ended) start();
      const frame = await underWay.shift();
      if (frame === undefined) return;
      yield frame;
    }
  } finally {
    ended = true;
    for (const rest of await Promise.allSettled(underWay)) if (rest.status === 'fulfilled') rest.value?.close();
    await iterator.return?.();
  }
}

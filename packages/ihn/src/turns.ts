/** Makes a queue: work that is given to it starts when what was given before has ended, well or not. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    // Side by side, the steps of several would block the event loop one right after the other.
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** What every benchmark may be told on the command line. */
export interface BenchOptions {
  /** Words of which a clip's name must contain one; empty: all clips. */
  readonly clips: readonly string[];
  /** Frames of the 1080p clips of `fast`, and of the short one of `lean`, instead of their own number. */
  readonly frames: number | undefined;
  /** Repetitions of timed runs. */
  readonly runs: number;
  /** Further options for `gimbal stabilize`, to try a setting. */
  readonly extra: readonly string[];
  /** Take files that an earlier run left in `tools/bench/work` instead of making them anew. */
  readonly reuse: boolean;
  /** Clips handled at the same time by the benchmarks that measure quality. */
  readonly jobs: number;
}

/** Maps over items, at most `jobs` at a time; results in order. */
export async function inParallel<T, R>(jobs: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
  return results;
}

import type { Span } from './timeline.js';

/** How stages run beside each other in a stretch of time. */
export interface Overlap {
  /** Share of the time that each stage is busy, in one lane or more. */
  readonly busy: Readonly<Record<string, number>>;
  /** Share of the time that at least this many stages are busy: index 0 at least one. */
  readonly together: readonly number[];
}

/** @param from, to Milliseconds; spans are cut to them. */
export function overlap(spans: readonly Span[], from: number, to: number): Overlap {
  const stages = [...new Set(spans.map(({ stage }) => stage))];
  const changes = spans
    .map(({ stage, start, end }) => ({ stage, start: Math.max(start, from), end: Math.min(end, to) }))
    .filter(({ start, end }) => end > start)
    .flatMap(({ stage, start, end }) => [
      { stage, time: start, step: 1 },
      { stage, time: end, step: -1 },
    ])
    .sort((a, b) => a.time - b.time);
  const open = new Map(stages.map((stage) => [stage, 0]));
  const busy = new Map(stages.map((stage) => [stage, 0]));
  const together = stages.map(() => 0);
  let last = from;
  for (const { stage, time, step } of changes) {
    const working = stages.filter((name) => (open.get(name) ?? 0) > 0);
    for (const name of working) busy.set(name, (busy.get(name) ?? 0) + time - last);
    for (let i = 0; i < working.length; i++) together[i] += time - last;
    open.set(stage, (open.get(stage) ?? 0) + step);
    last = time;
  }
  const share = (time: number) => time / (to - from);
  return {
    busy: Object.fromEntries([...busy].map(([stage, time]) => [stage, share(time)])),
    together: together.map(share),
  };
}

import { writeFileSync } from 'node:fs';
import type { Estimator, Frame, FrameSink, FrameSource } from '@gimbal/core';

/** Something that took a while; milliseconds of `performance.now()`. */
export interface Span {
  /** `decode`, `upload`, `copy`, `estimate`, `warp`, `download` or `encode`. */
  readonly stage: string;
  /** Spans of one stage that run side by side have different lanes. */
  readonly lane: number;
  readonly start: number;
  readonly end: number;
}

/** Notes host times of a run's parts. */
export class HostTimes {
  readonly spans: Span[] = [];

  /** From when a frame is asked for to when it comes, several of them together: the wait for the thread that decodes. */
  source(inner: FrameSource): FrameSource {
    const note = this.#note;
    return {
      info: inner.info,
      get warnings() {
        return inner.warnings;
      },
      async *frames(options) {
        const iterator = inner.frames(options)[Symbol.asyncIterator]();
        try {
          for (;;) {
            const { done, value } = await note('decode', () => iterator.next());
            if (done === true) return;
            yield value;
          }
        } finally {
          await iterator.return?.();
        }
      },
      close: () => inner.close(),
    };
  }

  /** From the question to the answer, which holds a batch's launches and kernels. */
  estimator(inner: Estimator): Estimator {
    return {
      name: inner.name,
      memory: inner.memory,
      batch: inner.batch,
      estimate: (previous, current, options) =>
        this.#note('estimate', () => inner.estimate(previous, current, options)),
      ...(inner.estimateBatch && {
        estimateBatch: (pairs: readonly (readonly [Frame, Frame])[]) =>
          this.#note('estimate', () => (inner.estimateBatch as NonNullable<Estimator['estimateBatch']>)(pairs)),
      }),
    };
  }

  /** From handing a picture over to being welcome with the next: the encoder's work, as it holds its caller back while it is behind. */
  sink(inner: FrameSink): FrameSink {
    return {
      memory: inner.memory,
      open: (size) => inner.open(size),
      allocate: (like) => inner.allocate(like),
      write: (frame) => this.#note('encode', () => inner.write(frame)),
      finish: () => inner.finish(),
      abort: () => inner.abort(),
    };
  }

  #note = async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.spans.push({ stage, lane: 0, start, end: performance.now() });
    }
  };
}

/** Writes spans as a trace that chrome://tracing and Perfetto show. */
export function writeChromeTrace(file: string, spans: readonly Span[]): void {
  const origin = Math.min(...spans.map(({ start }) => start));
  const rows = [...new Set(spans.map(rowOf))].sort();
  const names = rows.map((name, tid) => ({ ph: 'M', name: 'thread_name', pid: 1, tid, args: { name } }));
  const events = spans.map((span) => ({
    ph: 'X',
    name: span.stage,
    pid: 1,
    tid: rows.indexOf(rowOf(span)),
    ts: Math.round((span.start - origin) * 1e6) / 1e3,
    dur: Math.round((span.end - span.start) * 1e6) / 1e3,
  }));
  writeFileSync(file, `${JSON.stringify({ traceEvents: [...names, ...events] })}\n`);
}

function rowOf({ stage, lane }: Span): string {
  return `${stage} ${lane}`;
}

import type { Span } from './timeline.js';

/** Stages in the order in which a frame meets them. */
export const STAGES = ['decode', 'upload', 'copy', 'estimate', 'warp', 'download', 'encode'] as const;

/** Stages that occur, in that order. */
export function stagesOf(spans: readonly Span[]): string[] {
  return STAGES.filter((stage) => spans.some((span) => span.stage === stage));
}

/** A line for each stage: a block where it was busy for at least half of that time. */
export function timelineText(spans: readonly Span[], from: number, to: number, columns = 100): string {
  const step = (to - from) / columns;
  const lines = stagesOf(spans).map((stage) => {
    const own = spans.filter((span) => span.stage === stage);
    const cells = Array.from({ length: columns }, (_, i) => {
      const [start, end] = [from + i * step, from + (i + 1) * step];
      const time = own.reduce(
        (sum, span) => sum + Math.max(0, Math.min(span.end, end) - Math.max(span.start, start)),
        0,
      );
      return time >= step / 2 ? '█' : time > 0 ? '░' : ' ';
    });
    return `${stage.padEnd(labelWidth(spans))}│${cells.join('')}│`;
  });
  const end = `${(to - from).toFixed(0)} ms`;
  return [...lines, `${' '.repeat(labelWidth(spans) + 1)}0 ms${end.padStart(columns - 4)}`].join('\n');
}

function labelWidth(spans: readonly Span[]): number {
  return Math.max(...stagesOf(spans).map((stage) => stage.length)) + 1;
}

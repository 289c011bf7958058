import { writeFileSync } from 'node:fs';
import { traceDevice } from '@gimbal/native';
import { runClip, type Workers } from './clipRun.js';
import { type DecoderName, openClip } from './clipSource.js';
import { fastEncoder } from './encoderAlone.js';
import { overlap } from './overlap.js';
import type { PipelineOptions } from './pipelineOptions.js';
import { HostTimes, type Span, writeChromeTrace } from './timeline.js';
import { timelineSvg } from './timelineSvg.js';
import { timelineText } from './timelineText.js';

/** Milliseconds of each pass that are shown. */
const SHOWN = 40;

/**
 * Runs the pipeline once with everything watched, into x264, with nothing kept, so that the second pass shows all stages at work. Writes a Chrome trace, draws the middle of both passes, and prints
 * how far stages ran side by side. The encoder is this thread's, whose calls tell when it is at work.
 */
export async function drawTimeline(
  options: PipelineOptions,
  ordinal: number | undefined,
  decoder: DecoderName,
  workers: Workers,
  file: string,
): Promise<void> {
  const host = new HostTimes();
  const { video, source } = await openClip(options, decoder, 0, (inner) => host.source(inner));
  const stop = ordinal === undefined ? async () => [] : await traceDevice(ordinal);
  const device: Span[] = [];
  try {
    const watched = { estimator: host.estimator(workers.estimator), renderer: workers.renderer };
    await runClip(source, host.sink(fastEncoder(video, 'timeline.mp4')), watched);
  } finally {
    device.push(...(await stop()).map(({ name, lane, start, end }) => ({ stage: name, lane, start, end })));
    await source.close();
  }
  const spans = [...host.spans, ...device].sort((a, b) => a.start - b.start);
  const name = file.replace(/(\.json)?$/, `.${decoder}`);
  writeChromeTrace(`${name}.json`, spans);
  const passes = { analysis: bounds(spans, 'estimate'), rendering: bounds(spans, 'encode') };
  for (const [pass, [from, to]] of Object.entries(passes)) {
    const middle = (from + to) / 2;
    const [start, end] = [Math.max(from, middle - SHOWN / 2), Math.min(to, middle + SHOWN / 2)];
    const title = `${decoder}, ${pass}: ${(end - start).toFixed(0)} ms in the middle of the pass`;
    console.log(`\n${title}\n${timelineText(spans, start, end)}`);
    writeFileSync(`${name}.${pass}.svg`, timelineSvg(spans, start, end, title));
    const { busy, together } = overlap(spans, from, to);
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    const shares = Object.entries(busy).filter(([, share]) => share > 0);
    console.log(`busy: ${shares.map(([stage, share]) => `${stage} ${percent(share)}`).join(', ')}`);
    const counted = together.map((share, i) => `${i + 1}: ${percent(share)}`);
    console.log(`stages at work at once, at least: ${counted.join(', ')}`);
  }
  console.log(`→ ${name}.json and .svg`);
}

function bounds(spans: readonly Span[], stage: string): [from: number, to: number] {
  const own = spans.filter((span) => span.stage === stage);
  return [Math.min(...own.map(({ start }) => start)), Math.max(...own.map(({ end }) => end))];
}

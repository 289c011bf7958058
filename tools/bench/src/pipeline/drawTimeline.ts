import { writeFileSync } from 'node:fs';
import { traceDevice } from '@gimbal/native';
import { type ClipRunOptions, runClip, type Workers } from './clipRun.js';
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
 * Runs the pipeline into x264 with everything watched, in two passes with nothing kept, so that the second shows all its stages at work, and in
 * one. Writes Chrome traces, draws the middle of each pass, and prints how far stages ran side by side. The encoder is this thread's, whose calls
 * tell when it is at work.
 */
export async function drawTimeline(
  options: PipelineOptions,
  ordinal: number | undefined,
  decoder: DecoderName,
  workers: Workers,
  file: string,
): Promise<void> {
  const name = `${file.replace(/(\.json)?$/, '')}.${decoder}`;
  const two = await watchedRun(options, ordinal, decoder, workers, {});
  writeChromeTrace(`${name}.json`, two);
  drawPass(`${name}.analysis.svg`, `${decoder}, analysis`, two, bounds(two, 'estimate'));
  drawPass(`${name}.rendering.svg`, `${decoder}, rendering`, two, bounds(two, 'encode'));
  const one = await watchedRun(options, ordinal, decoder, workers, { lookAhead: LOOK_AHEAD });
  writeChromeTrace(`${name}.one-pass.json`, one);
  drawPass(`${name}.one-pass.svg`, `${decoder}, one pass`, one, bounds(one, 'encode'));
  console.log(`→ ${name}*.json and .svg`);
}

/** Seconds of look-ahead of the run in one pass. */
const LOOK_AHEAD = 2;

async function watchedRun(
  options: PipelineOptions,
  ordinal: number | undefined,
  decoder: DecoderName,
  workers: Workers,
  run: ClipRunOptions,
): Promise<readonly Span[]> {
  const host = new HostTimes();
  const { video, source } = await openClip(options, decoder, 0, (inner) => host.source(inner));
  const stop = ordinal === undefined ? async () => [] : await traceDevice(ordinal);
  const device: Span[] = [];
  try {
    const watched = { estimator: host.estimator(workers.estimator), renderer: workers.renderer };
    await runClip(source, host.sink(fastEncoder(video, 'timeline.mp4')), watched, run);
  } finally {
    device.push(...(await stop()).map(({ name, lane, start, end }) => ({ stage: name, lane, start, end })));
    await source.close();
  }
  return [...host.spans, ...device].sort((a, b) => a.start - b.start);
}

function drawPass(file: string, title: string, spans: readonly Span[], [from, to]: readonly [number, number]): void {
  const middle = (from + to) / 2;
  const [start, end] = [Math.max(from, middle - SHOWN / 2), Math.min(to, middle + SHOWN / 2)];
  const whole = `${title}: ${(end - start).toFixed(0)} ms in the middle`;
  console.log(`\n${whole}\n${timelineText(spans, start, end)}`);
  writeFileSync(file, timelineSvg(spans, start, end, whole));
  const { busy, together } = overlap(spans, from, to);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const shares = Object.entries(busy).filter(([, share]) => share > 0);
  console.log(`busy: ${shares.map(([stage, share]) => `${stage} ${percent(share)}`).join(', ')}`);
  const counted = together.map((share, i) => `${i + 1}: ${percent(share)}`);
  console.log(`stages at work at once, at least: ${counted.join(', ')}`);
}

function bounds(spans: readonly Span[], stage: string): [from: number, to: number] {
  const own = spans.filter((span) => span.stage === stage);
  return [Math.min(...own.map(({ start }) => start)), Math.max(...own.map(({ end }) => end))];
}

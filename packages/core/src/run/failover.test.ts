import { describe, expect, it } from 'vitest';
import { hills, Ledger, MemorySink, memorySource, type Shown } from '../../test/memoryClip.js';
import { lumaRenderer, shiftEstimator, tripod } from '../../test/smallParts.js';
import { GimbalError } from '../errors.js';
import type { FrameSource } from '../frame/frameSource.js';
import { analyze } from '../motion/analyze.js';
import type { Estimator } from '../motion/estimator.js';
import type { DeviceFailure } from './failover.js';
import type { Renderer } from './renderer.js';
import { stabilize } from './stabilize.js';
import type { StabilizeOptions } from './stabilizeOptions.js';

const size = { width: 48, height: 32 };
const scene = hills(1);
const flash = () => 255;

/** A camera that sways by whole pixels; frames 5 and 6 are a flash, so that a gap is open while they are measured. */
const clip: Shown[] = Array.from({ length: 14 }, (_, t) => ({
  time: t / 30,
  scene: t === 5 || t === 6 ? flash : scene,
  x: [0, 2, 1, -1, 0, 1, -2, 0, 1, 2, 0, -1, 1, 0][t],
  y: [0, 1, 1, 0, -1, 0, 1, 0, 0, 1, 0, 1, 1, 0][t],
}));

const lost = () => new GimbalError('GIMBAL_E_DEVICE_LOST', 'The device is lost.');

/** A device that is lost when it meets a certain frame, and stays lost. */
function failingEstimator(at: number, batch?: number): Estimator {
  let gone = false;
  const estimator: Estimator = {
    ...shiftEstimator,
    async estimate(previous, current) {
      gone ||= current.index === at;
      if (gone) throw lost();
      return shiftEstimator.estimate(previous, current);
    },
  };
  if (batch === undefined) return estimator;
  return {
    ...estimator,
    batch,
    estimateBatch: (pairs) => Promise.all(pairs.map(([a, b]) => estimator.estimate(a, b))),
  };
}

function failingRenderer(at: number, concurrency?: number): Renderer {
  let gone = false;
  return {
    ...lumaRenderer,
    concurrency,
    async render(source, target, warp) {
      gone ||= source.index === at;
      if (gone) throw lost();
      // The later, the sooner: frames that overlap do not end in their order.
      await new Promise((resolve) => setTimeout(resolve, source.index % 2 === 0 ? 2 : 0));
      return lumaRenderer.render(source, target, warp);
    },
  };
}

/** A decoder on the device, which goes with it. */
function failingSource(ledger: Ledger, at: number, stage: 'analyze' | 'render'): FrameSource {
  let passes = 0;
  const whole = memorySource(clip, size, ledger);
  return {
    ...whole,
    async *frames(options) {
      const own = ++passes === (stage === 'analyze' ? 1 : 2);
      for await (const frame of whole.frames(options)) {
        if (frame.index === at && own) {
          frame.close();
          throw lost();
        }
        yield frame;
      }
    },
  };
}

function run(ledger: Ledger, sink: MemorySink, changes: Partial<StabilizeOptions> = {}) {
  return stabilize({
    source: memorySource(clip, size, ledger),
    estimator: shiftEstimator,
    smoother: tripod,
    renderer: lumaRenderer,
    sink,
    maxCrop: 0.3,
    zoom: 'none',
    ...changes,
  });
}

/** What a run wrote: the same with and without a device that fails. */
async function undisturbed() {
  const ledger = new Ledger();
  const sink = new MemorySink(ledger);
  const result = await run(ledger, sink);
  return { result, pictures: sink.written.map(({ index, planes }) => ({ index, luma: planes[0].data })) };
}

const cases: readonly (readonly [
  string,
  stage: DeviceFailure['stage'],
  /** `undefined`: as many as a batch happens to hold before. */
  frame: number | undefined,
  (ledger: Ledger) => Partial<StabilizeOptions>,
])[] = [
  ['the estimator at the first pair', 'analyze', 0, () => ({ estimator: failingEstimator(1) })],
  ['the estimator in the middle', 'analyze', 9, () => ({ estimator: failingEstimator(10) })],
  ['the estimator within a gap, which is measured again', 'analyze', 4, () => ({ estimator: failingEstimator(6) })],
  ['the estimator across a gap', 'analyze', 4, () => ({ estimator: failingEstimator(7) })],
  ['the estimator in a batch', 'analyze', undefined, () => ({ estimator: failingEstimator(12, 4) })],
  ['the estimator at the last pair', 'analyze', 12, () => ({ estimator: failingEstimator(13) })],
  ['the decoder before the first frame', 'analyze', 0, (ledger) => ({ source: failingSource(ledger, 0, 'analyze') })],
  ['the decoder of the analysis', 'analyze', 10, (ledger) => ({ source: failingSource(ledger, 11, 'analyze') })],
  ['the renderer at the first frame', 'render', 0, () => ({ renderer: failingRenderer(0) })],
  ['the renderer in the middle', 'render', 6, () => ({ renderer: failingRenderer(6) })],
  ['the renderer with frames under way', 'render', 7, () => ({ renderer: failingRenderer(7, 4) })],
  ['the renderer at the last frame', 'render', 13, () => ({ renderer: failingRenderer(13, 3) })],
  ['the decoder of the rendering', 'render', 9, (ledger) => ({ source: failingSource(ledger, 9, 'render') })],
];

describe('a device that fails in mid-clip', () => {
  it.each(cases)('%s: the clip comes out as if nothing had been', async (_, stage, frame, changes) => {
    const wanted = await undisturbed();
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const failures: DeviceFailure[] = [];
    const made: string[] = [];
    const { motion, frames, deviceFailure } = await run(ledger, sink, {
      ...changes(ledger),
      fallback: {
        source: () => {
          made.push('source');
          return memorySource(clip, size, ledger);
        },
        estimator: async () => {
          made.push('estimator');
          return shiftEstimator;
        },
        renderer: () => {
          made.push('renderer');
          return lumaRenderer;
        },
        onFailure: (failure) => failures.push(failure),
      },
    });
    expect(motion.steps).toEqual(wanted.result.motion.steps);
    expect(motion.times).toEqual(wanted.result.motion.times);
    expect(frames).toBe(14);
    expect(sink.state).toBe('finished');
    expect(sink.written.map(({ index, planes }) => ({ index, luma: planes[0].data }))).toEqual(wanted.pictures);
    expect(deviceFailure).toMatchObject({ stage, error: { code: 'GIMBAL_E_DEVICE_LOST' } });
    if (frame !== undefined) expect(deviceFailure?.frame).toBe(frame);
    expect(failures).toEqual([deviceFailure]);
    expect(made).toEqual(stage === 'analyze' ? ['source', 'estimator', 'renderer'] : ['source', 'renderer']);
    expect(ledger.open).toBe(0);
  });

  it.each(cases)('%s: without a fallback that is the end, and nothing is left', async (_, __, ___, changes) => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    await expect(run(ledger, sink, changes(ledger))).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_LOST' });
    expect(sink.state).toBe('aborted');
    expect(ledger.open).toBe(0);
  });

  it('is fallen back on once: what fails then fails the run', async () => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const failures: DeviceFailure[] = [];
    const failing = run(ledger, sink, {
      estimator: failingEstimator(4),
      fallback: {
        estimator: () => shiftEstimator,
        renderer: () => failingRenderer(3),
        onFailure: (failure) => failures.push(failure),
      },
    });
    await expect(failing).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_LOST' });
    expect(failures).toHaveLength(1);
    expect([sink.state, ledger.open]).toEqual(['aborted', 0]);
  });

  it('is the only thing that is fallen back from', async () => {
    const ledger = new Ledger();
    const fallback = { onFailure: () => expect.unreachable('nothing failed that the CPU does better') };
    await expect(run(ledger, new MemorySink(ledger, 5), { fallback })).rejects.toMatchObject({
      code: 'GIMBAL_E_DISK_FULL',
    });
    const wrong = { ...shiftEstimator, estimate: () => Promise.reject(new Error('no')) };
    await expect(run(ledger, new MemorySink(ledger), { fallback, estimator: wrong })).rejects.toMatchObject({
      code: 'GIMBAL_E_PLUGIN_FAILED',
    });
    expect(ledger.open).toBe(0);
  });

  it('takes an encoder with it: what that was given cannot be written again', async () => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const write = sink.write.bind(sink);
    sink.write = async (frame) => {
      if (frame.index !== 4) return write(frame);
      frame.close();
      throw lost();
    };
    await expect(run(ledger, sink, { fallback: {} })).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_LOST' });
    expect([sink.state, ledger.open]).toEqual(['aborted', 0]);
  });

  it.each([
    ['the analysis', { estimator: failingEstimator(4) }],
    ['the rendering', { renderer: failingRenderer(6, 2) }],
  ])('ends a run whose encoder lies there, in %s too, and says why', async (_, failing) => {
    const ledger = new Ledger();
    const sink = Object.assign(new MemorySink(ledger), { memory: ['cuda'] as const });
    const fallback = { estimator: () => shiftEstimator, renderer: () => lumaRenderer };
    await expect(run(ledger, sink, { ...failing, fallback })).rejects.toMatchObject({
      code: 'GIMBAL_E_DEVICE_LOST',
      message: expect.stringMatching(/^The device is lost\. The CPU cannot go on, .*encoder 'software'/),
    });
    expect([sink.state, ledger.open]).toEqual(['aborted', 0]);
  });

  it('is no matter for an analysis alone either', async () => {
    const ledger = new Ledger();
    const source = memorySource(clip, size, ledger);
    const { steps } = await analyze({
      source,
      estimator: failingEstimator(10),
      fallback: { estimator: () => shiftEstimator },
    });
    expect(steps).toEqual((await analyze({ source, estimator: shiftEstimator })).steps);
    expect(ledger.open).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { hills, Ledger, MemorySink, memorySource, type Shown } from '../../test/memoryClip.js';
import { lumaRenderer, rememberingEstimator, shiftEstimator, tripod } from '../../test/smallParts.js';
import { GimbalError } from '../errors.js';
import type { Frame } from '../frame/frame.js';
import type { DeviceFailure } from './failover.js';
import { stabilize } from './stabilize.js';
import type { StabilizeOptions } from './stabilizeOptions.js';

const size = { width: 48, height: 32 };
const FRAMES = 60;

/** A camera that sways by whole pixels, with a cut at 23, a flash at 9 and 10, and a frame that repeats at 30. */
const clip: Shown[] = Array.from({ length: FRAMES }, (_, t) => {
  const at = t === 30 ? 29 : t;
  return {
    time: t / 30,
    scene: t === 9 || t === 10 ? () => 255 : hills(t < 23 ? 1 : 5),
    x: [0, 2, 1, -1, 0, 1, -2, 0, 1, 2, 0, -1][at % 12],
    y: [0, 1, 1, 0, -1, 0, 1, 0, 0, 1, 0, 1][at % 12],
  };
});

const lookAhead = { seconds: 0.2 };
/** 6 frames ahead, 8 that a gap may hold back, 16 that are fetched together; and what the renderer and the estimator have in their hands. */
const MOST_OPEN = 6 + 8 + 16 + 6;

function run(ledger: Ledger, sink: MemorySink, changes: Partial<StabilizeOptions> = {}, shown = clip) {
  return stabilize({
    source: memorySource(shown, size, ledger),
    estimator: shiftEstimator,
    smoother: tripod,
    renderer: lumaRenderer,
    sink,
    maxCrop: 0.3,
    lookAhead,
    ...changes,
  });
}

const lumas = ({ written }: MemorySink) => written.map(({ planes }) => planes[0].data);

describe('stabilize in one pass', () => {
  it('measures what two passes measure, shows every frame, and holds only a few', async () => {
    const ledger = new Ledger();
    const [ahead, whole] = [new MemorySink(ledger), new MemorySink(ledger)];
    const result = await run(ledger, ahead);
    expect(ledger.most).toBeLessThanOrEqual(MOST_OPEN);
    const twice = await run(ledger, whole, { lookAhead: undefined });
    expect(result.motion).toEqual(twice.motion);
    expect(result.frames).toBe(FRAMES);
    expect(result.plan.shots).toEqual([
      { start: 0, end: 23 },
      { start: 23, end: FRAMES },
    ]);
    expect(result.plan.windows.every(({ scale }) => scale === 0.7)).toBe(true);
    expect(ahead.state).toBe('finished');
    expect(ahead.written.map(({ time }) => time)).toEqual(clip.map(({ time }) => time));
    for (const seconds of Object.values(result.seconds)) expect(seconds).toBeGreaterThanOrEqual(0);
    expect(ledger.open).toBe(0);
  });

  it('reads the clip once, and writes before it has read the end', async () => {
    const ledger = new Ledger();
    const source = memorySource(clip, size, ledger);
    let passes = 0;
    let writtenAtTheEnd = 0;
    const sink = new MemorySink(ledger);
    const watched = {
      ...source,
      async *frames() {
        passes++;
        for await (const frame of source.frames()) {
          writtenAtTheEnd = sink.written.length;
          yield frame;
        }
      },
    };
    await run(ledger, sink, { source: watched });
    expect(passes).toBe(1);
    expect(writtenAtTheEnd).toBeGreaterThan(FRAMES / 4);
  });

  it('gives the same picture every time, whatever comes in batches or side by side', async () => {
    const ledger = new Ledger();
    const [plain, eager] = [new MemorySink(ledger), new MemorySink(ledger)];
    await run(ledger, plain, { estimator: rememberingEstimator(1) });
    const renderer = {
      ...lumaRenderer,
      concurrency: 3,
      render: async (...args: Parameters<typeof lumaRenderer.render>) => {
        await new Promise((resolve) => setTimeout(resolve, args[0].index % 3));
        return lumaRenderer.render(...args);
      },
    };
    await run(ledger, eager, { renderer, estimator: rememberingEstimator(8) });
    expect(lumas(eager)).toEqual(lumas(plain));
    expect(ledger.open).toBe(0);
  });

  it.each([1, 2, 3, 6, 7, 13])('takes a clip of %i frames', async (count) => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const { frames, plan } = await run(ledger, sink, {}, clip.slice(0, count));
    expect([frames, sink.written.length, plan.warps.length, ledger.open]).toEqual([count, count, count, 0]);
  });

  it('is the whole clip at once when the look-ahead is longer than it', async () => {
    const ledger = new Ledger();
    const long = await run(ledger, new MemorySink(ledger), { lookAhead: { seconds: 60 } });
    const twice = await run(ledger, new MemorySink(ledger), { lookAhead: undefined });
    expect(long.plan.corrections).toEqual(twice.plan.corrections);
  });

  it('refuses what it cannot do, and leaves nothing behind', async () => {
    const ledger = new Ledger();
    const { motion } = await run(ledger, new MemorySink(ledger));
    const source = memorySource(clip, size, ledger);
    const rateless = { ...source, info: { ...source.info, frameRate: Number.NaN } };
    for (const [changes, message] of [
      [{ zoom: 'dynamic' }, /Zoom 'dynamic' needs the motion of the whole clip/],
      [{ lookAhead: { seconds: 0 } }, /more than 0 seconds, received 0/],
      [{ source: rateless }, /received 0.2, at NaN frames a second/],
      [{ motion }, /give `motion` or `lookAhead`/],
    ] as const) {
      const sink = new MemorySink(ledger);
      await expect(run(ledger, sink, changes)).rejects.toMatchObject({
        code: 'GIMBAL_E_INVALID_ARGUMENT',
        message: expect.stringMatching(message),
      });
      expect([sink.state, ledger.open]).toEqual(['aborted', 0]);
    }
    const sink = new MemorySink(ledger);
    await expect(run(ledger, sink, {}, [])).rejects.toMatchObject({ code: 'GIMBAL_E_INPUT_NOT_VIDEO' });
    expect(sink.state).toBe('aborted');
  });

  it.each(['crop', 'black'] as const)('shows the sizes that were asked for with border %s', async (border) => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const { plan } = await run(ledger, sink, { border, zoom: 'none' });
    const expected = border === 'crop' ? { width: 32, height: 22 } : size;
    expect([plan.output, sink.size]).toEqual([expected, expected]);
  });

  it('passes on what goes wrong, and closes everything', async () => {
    const ledger = new Ledger();
    for (const at of [0, 4, 25, FRAMES - 1]) {
      const broken = async () => {
        throw new Error('broken');
      };
      const at0 = (frame: Frame) => frame.index === at;
      for (const [changes, failAt, message] of [
        [{}, at, 'No space left.'],
        [
          {
            renderer: {
              ...lumaRenderer,
              render: (...a: Parameters<typeof lumaRenderer.render>) =>
                at0(a[0]) ? broken() : lumaRenderer.render(...a),
            },
          },
          undefined,
          'broken',
        ],
        [
          {
            estimator: {
              ...shiftEstimator,
              estimate: (a: Frame, b: Frame) =>
                b.index === Math.max(1, at) ? broken() : shiftEstimator.estimate(a, b),
            },
          },
          undefined,
          'broken',
        ],
        [{ smoother: { name: 'broken', smooth: broken } }, undefined, 'broken'],
      ] as const) {
        const sink = new MemorySink(ledger, failAt);
        await expect(run(ledger, sink, changes)).rejects.toThrow(message);
        expect([sink.state, ledger.open]).toEqual(['aborted', 0]);
      }
    }
  });

  it('hears of an estimator that fails while no more frames find room', { timeout: 5000 }, async () => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    let asked = 0;
    const estimator = {
      ...shiftEstimator,
      batch: 32,
      async estimateBatch(pairs: readonly (readonly [Frame, Frame])[]) {
        // By now as many frames wait as may.
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (asked++ > 0) throw new Error('broken');
        return Promise.all(pairs.map(([a, b]) => shiftEstimator.estimate(a, b)));
      },
    };
    await expect(run(ledger, sink, { estimator })).rejects.toThrow('broken');
    expect([sink.state, ledger.open]).toEqual(['aborted', 0]);
  });

  it.each([1, 14, FRAMES])('can be cancelled at picture %i', async (at) => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const controller = new AbortController();
    const cancelled = run(ledger, sink, {
      signal: controller.signal,
      onProgress: ({ done }) => done === at && controller.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    expect([sink.state, ledger.open]).toEqual(['aborted', 0]);
  });

  const lost = () => new GimbalError('GIMBAL_E_DEVICE_LOST', 'The device is lost.');

  it.each([
    ['estimator', 1],
    ['estimator', 11],
    ['estimator', 26],
    ['renderer', 0],
    ['renderer', 12],
    ['renderer', FRAMES - 1],
    ['source', 0],
    ['source', 10],
    ['source', 35],
  ] as const)('goes on with other parts when the device is lost for the %s at frame %i', async (part, at) => {
    const ledger = new Ledger();
    const wanted = new MemorySink(ledger);
    const undisturbed = await run(ledger, wanted);
    let gone = false;
    const fail = (frame: Frame) => {
      gone ||= frame.index === at;
      if (gone) throw lost();
    };
    const source = memorySource(clip, size, ledger);
    const failing: Partial<StabilizeOptions> = {
      estimator: {
        estimator: {
          ...shiftEstimator,
          async estimate(a: Frame, b: Frame) {
            fail(b);
            return shiftEstimator.estimate(a, b);
          },
        },
      },
      renderer: {
        renderer: {
          ...lumaRenderer,
          concurrency: 2,
          async render(...a: Parameters<typeof lumaRenderer.render>) {
            fail(a[0]);
            return lumaRenderer.render(...a);
          },
        },
      },
      source: {
        source: {
          ...source,
          async *frames() {
            for await (const frame of source.frames()) {
              if (frame.index === at) {
                frame.close();
                throw lost();
              }
              yield frame;
            }
          },
        },
      },
    }[part];
    const sink = new MemorySink(ledger);
    const failures: DeviceFailure[] = [];
    const result = await run(ledger, sink, {
      ...failing,
      fallback: {
        source: () => memorySource(clip, size, ledger),
        estimator: () => shiftEstimator,
        renderer: () => lumaRenderer,
        onFailure: (failure) => failures.push(failure),
      },
    });
    expect(failures.map(({ stage }) => stage)).toEqual([part === 'renderer' ? 'render' : 'analyze']);
    expect(result.deviceFailure).toBe(failures[0]);
    expect(result.motion).toEqual(undisturbed.motion);
    expect(sink.written.map(({ index }) => index)).toEqual(clip.map((_, index) => index));
    expect(lumas(sink)).toEqual(lumas(wanted));
    expect(ledger.open).toBe(0);
  });
});

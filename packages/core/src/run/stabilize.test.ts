import { describe, expect, it } from 'vitest';
import { hills, Ledger, MemorySink, memorySource, type Shown } from '../../test/memoryClip.js';
import { lumaRenderer, shiftEstimator, tripod } from '../../test/smallParts.js';
import type { Progress } from './progress.js';
import { stabilize } from './stabilize.js';
import type { StabilizeOptions } from './stabilizeOptions.js';

const size = { width: 48, height: 32 };
const scene = hills(1);

/** A handheld camera that sways by whole pixels. */
const shaky: Shown[] = Array.from({ length: 12 }, (_, t) => ({
  time: t / 30,
  scene,
  x: [0, 2, 1, -1, 0, 1, -2, 0, 1, 2, 0, -1][t],
  y: [0, 1, 1, 0, -1, 0, 1, 0, 0, 1, 0, 1][t],
}));

function run(ledger: Ledger, sink: MemorySink, changes: Partial<StabilizeOptions> = {}, shown = shaky) {
  return stabilize({
    source: memorySource(shown, size, ledger),
    estimator: shiftEstimator,
    smoother: tripod,
    renderer: lumaRenderer,
    sink,
    maxCrop: 0.3,
    zoom: 'none',
    ...changes,
  });
}

/** Mean absolute difference of neighbouring pictures. */
function unrest(pictures: readonly Uint8Array[]): number {
  let sum = 0;
  for (let t = 1; t < pictures.length; t++) {
    sum +=
      pictures[t].reduce((total, value, i) => total + Math.abs(value - pictures[t - 1][i]), 0) / pictures[t].length;
  }
  return sum / (pictures.length - 1);
}

describe('stabilize', () => {
  it('makes a shaky clip steady', async () => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const progress: Progress[] = [];
    const result = await run(ledger, sink, { onProgress: (state) => progress.push(state) });
    expect(result.frames).toBe(12);
    expect(sink.state).toBe('finished');
    expect(sink.size).toEqual(result.plan.output);
    expect(sink.written.map(({ time }) => time)).toEqual(shaky.map(({ time }) => time));
    const before: Uint8Array[] = [];
    for await (const frame of memorySource(shaky, size, ledger).frames()) {
      if (frame.memory === 'host') before.push(frame.planes[0].data);
      frame.close();
    }
    // Blurring by sub-pixel positions leaves a little; the motion itself is gone.
    expect(unrest(sink.written.map(({ planes }) => planes[0].data))).toBeLessThan(unrest(before) / 8);
    expect(ledger.open).toBe(0);
    expect(ledger.most).toBeLessThanOrEqual(5);
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(['analyze', 'smooth', 'render']);
    expect(progress.at(-1)).toEqual({ stage: 'render', done: 12, total: 12 });
    for (const seconds of Object.values(result.seconds)) expect(seconds).toBeGreaterThanOrEqual(0);
  });

  it('takes an earlier analysis instead of an estimator, with the same result', async () => {
    const ledger = new Ledger();
    const [first, second] = [new MemorySink(ledger), new MemorySink(ledger)];
    const { motion } = await run(ledger, first);
    await run(ledger, second, { motion, estimator: undefined });
    expect(second.written.map(({ planes }) => planes[0].data)).toEqual(
      first.written.map(({ planes }) => planes[0].data),
    );
  });

  it('refuses motion that belongs to another clip, and leaves nothing behind', async () => {
    const ledger = new Ledger();
    const { motion } = await run(ledger, new MemorySink(ledger));
    const late = shaky.map((shown) => ({ ...shown, time: shown.time + 1 }));
    for (const [changes, shown, message] of [
      [{ motion: { ...motion, size: { width: 32, height: 32 } } }, shaky, /32×32 frames, the clip has 48×32/],
      [{ motion }, late, /Frame 0 of the clip is at 1.000 s, the motion expects it at 0.000 s/],
      [{ motion }, shaky.slice(0, 9), /describes 12 frames, the clip has only 9/],
      [
        { motion: { ...motion, times: motion.times.slice(0, 9), steps: motion.steps.slice(0, 8) } },
        shaky,
        /9 frames, the clip has more/,
      ],
    ] as const) {
      const sink = new MemorySink(ledger);
      await expect(run(ledger, sink, changes, [...shown])).rejects.toMatchObject({
        code: 'GIMBAL_E_MOTION_FILE',
        message: expect.stringMatching(message),
      });
      expect(sink.state).toBe('aborted');
      expect(ledger.open).toBe(0);
    }
  });

  it('needs an estimator or motion', async () => {
    const ledger = new Ledger();
    await expect(run(ledger, new MemorySink(ledger), { estimator: undefined })).rejects.toMatchObject({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
    });
  });

  it.each(['analyze', 'smooth', 'render'] as const)('can be cancelled while it is busy with %s', async (stage) => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const controller = new AbortController();
    const cancelled = run(ledger, sink, {
      signal: controller.signal,
      onProgress: (state) => {
        if (state.stage === stage && (stage === 'smooth' || state.done === 4)) controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    expect(sink.state).toBe('aborted');
    expect(ledger.open).toBe(0);
  });

  it('can be cancelled after the last frame, before the output is complete', async () => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const controller = new AbortController();
    const cancelled = run(ledger, sink, {
      signal: controller.signal,
      onProgress: ({ stage, done }) => stage === 'render' && done === 12 && controller.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    expect(sink.state).toBe('aborted');
  });

  it.each([0, 5, 11])('passes on that the disk is full at frame %i, and closes everything', async (failAt) => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger, failAt);
    await expect(run(ledger, sink)).rejects.toMatchObject({ code: 'GIMBAL_E_DISK_FULL' });
    expect(sink.state).toBe('aborted');
    expect(ledger.open).toBe(0);
  });

  it('passes on that the renderer failed, and closes everything', async () => {
    const ledger = new Ledger();
    const sink = new MemorySink(ledger);
    const renderer = {
      ...lumaRenderer,
      render: async (...args: Parameters<typeof lumaRenderer.render>) => {
        if (args[0].index === 3) throw new Error('no warp');
        return lumaRenderer.render(...args);
      },
    };
    await expect(run(ledger, sink, { renderer })).rejects.toThrow('no warp');
    expect(sink.state).toBe('aborted');
    expect(ledger.open).toBe(0);
  });

  describe('with a renderer that takes several frames at once', () => {
    /** Frames take longer the earlier they are, so that later ones are ready first. */
    const eager = (under: { now: number; most: number }, failAt?: number) => ({
      ...lumaRenderer,
      concurrency: 3,
      render: async (...args: Parameters<typeof lumaRenderer.render>) => {
        under.most = Math.max(under.most, ++under.now);
        await new Promise((resolve) => setTimeout(resolve, args[0].index % 3 === 0 ? 12 : 1));
        under.now--;
        if (args[0].index === failAt) throw new Error('no warp');
        return lumaRenderer.render(...args);
      },
    });

    it('writes what one by one writes, in order, with no more frames than that takes', async () => {
      const ledger = new Ledger();
      const [plain, fast] = [new MemorySink(ledger), new MemorySink(ledger)];
      await run(ledger, plain);
      ledger.most = 0;
      const under = { now: 0, most: 0 };
      const result = await run(ledger, fast, { renderer: eager(under) });
      expect(result.frames).toBe(12);
      expect(under.most).toBe(3);
      expect(fast.written.map(({ time }) => time)).toEqual(shaky.map(({ time }) => time));
      expect(fast.written.map(({ planes }) => planes[0].data)).toEqual(
        plain.written.map(({ planes }) => planes[0].data),
      );
      expect(ledger.open).toBe(0);
      expect(ledger.most).toBeLessThanOrEqual(7);
    });

    it.each([0, 3, 5, 10, 11])('ends cleanly when frame %i fails in the renderer or in the sink', async (at) => {
      const ledger = new Ledger();
      for (const [sink, renderer, message] of [
        [new MemorySink(ledger), eager({ now: 0, most: 0 }, at), 'no warp'],
        [new MemorySink(ledger, at), eager({ now: 0, most: 0 }), 'No space left.'],
        [new MemorySink(ledger, at), eager({ now: 0, most: 0 }, at + 1), 'No space left.'],
      ] as const) {
        await expect(run(ledger, sink, { renderer })).rejects.toThrow(message);
        expect(sink.state).toBe('aborted');
        expect(sink.written.map(({ index }) => index)).toEqual(Array.from({ length: at }, (_, i) => i));
        expect(ledger.open).toBe(0);
      }
    });

    it('can be cancelled', async () => {
      const ledger = new Ledger();
      const sink = new MemorySink(ledger);
      const controller = new AbortController();
      const cancelled = run(ledger, sink, {
        renderer: eager({ now: 0, most: 0 }),
        signal: controller.signal,
        onProgress: ({ stage, done }) => stage === 'render' && done === 5 && controller.abort(),
      });
      await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
      expect(sink.state).toBe('aborted');
      expect(ledger.open).toBe(0);
    });
  });
});

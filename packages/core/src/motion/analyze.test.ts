import { describe, expect, it } from 'vitest';
import { hills, Ledger, memorySource, type Shown } from '../../test/memoryClip.js';
import { rememberingEstimator, shiftEstimator } from '../../test/smallParts.js';
import type { Progress } from '../run/progress.js';
import { analyze } from './analyze.js';

const size = { width: 48, height: 32 };
const scene = hills(1);

/** Frames of one scene seen from the given x positions, 30 a second. */
function pan(xs: readonly number[], what = scene, start = 0): Shown[] {
  return xs.map((x, t) => ({ time: (start + t) / 30, scene: what, x, y: 0 }));
}

function measure(shown: readonly Shown[], ledger = new Ledger()) {
  return analyze({ source: memorySource(shown, size, ledger), estimator: shiftEstimator });
}

describe('analyze', () => {
  it('measures every step and closes every frame', async () => {
    const ledger = new Ledger();
    const progress: Progress[] = [];
    const motion = await analyze({
      source: memorySource(pan([0, 2, 3, 3, 1]), size, ledger),
      estimator: shiftEstimator,
      onProgress: (state) => progress.push(state),
    });
    expect(motion.estimator).toBe('shift');
    expect(motion.size).toEqual(size);
    expect(Array.from(motion.times)).toEqual([0, 1, 2, 3, 4].map((t) => t / 30));
    expect(motion.steps.map(({ homographies }) => homographies[2] + 0)).toEqual([-2, -1, 0, 2]);
    expect(motion.steps.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'duplicate', 'ok']);
    expect(ledger.open).toBe(0);
    expect(ledger.most).toBeLessThanOrEqual(3);
    expect(progress.at(-1)).toEqual({ stage: 'analyze', done: 5, total: 5 });
  });

  it('keeps a cut a cut', async () => {
    const motion = await measure([...pan([0, 1, 2]), ...pan([0, 1, 2, 3, 4, 5], hills(7), 3)]);
    expect(motion.steps.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'cut', 'ok', 'ok', 'ok', 'ok', 'ok']);
  });

  it('bridges a flash: what moved across it is shared out', async () => {
    const ledger = new Ledger();
    const shown = pan([0, 1, 2, 3, 4, 5]);
    shown[3] = { ...shown[3], scene: () => 255 };
    const motion = await measure(shown, ledger);
    expect(motion.steps.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'weak', 'weak', 'ok']);
    for (const { homographies } of motion.steps) expect(homographies[2]).toBeCloseTo(-1, 9);
    expect(motion.steps[2].confidence).toBe(0.5);
    expect(ledger.open).toBe(0);
  });

  it('bridges a flash that lasts some frames, repeated ones among them', async () => {
    const shown = pan([0, 1, 1, 1, 2, 3]);
    for (const t of [2, 3]) shown[t] = { ...shown[t], scene: () => 255 };
    const motion = await measure(shown);
    expect(motion.steps.map(({ verdict }) => verdict)).toEqual(['ok', 'weak', 'weak', 'weak', 'ok']);
    const across = motion.steps.slice(1, 4).reduce((sum, { homographies }) => sum + homographies[2], 0);
    expect(across).toBeCloseTo(-1, 9);
  });

  it('bridges a glitch whose frames match each other', async () => {
    const shown = pan([0, 1, 1, 2, 3, 4]);
    for (const t of [2, 3]) shown[t] = { ...shown[t], scene: hills(7) };
    const motion = await measure(shown);
    expect(motion.steps.map(({ verdict }) => verdict)).toEqual(['ok', 'weak', 'weak', 'weak', 'ok']);
    for (const { homographies } of motion.steps.slice(1, 4)) expect(homographies[2]).toBeCloseTo(-2 / 3, 9);
  });

  it('does not take a shot for a glitch', async () => {
    const shown = [...pan([0, 1, 2]), ...pan([0, 1, 2, 3, 4, 5], hills(4), 3), ...pan([3, 4, 5], scene, 9)];
    const { steps } = await measure(shown);
    expect(steps.flatMap(({ verdict }, i) => (verdict === 'ok' ? [] : [[i, verdict]]))).toEqual([
      [2, 'cut'],
      [8, 'cut'],
    ]);
  });

  it('gives a gap up that is too long', async () => {
    const shown = pan([0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4]);
    for (let t = 2; t < 10; t++) shown[t] = { ...shown[t], scene: hills(20 + 3 * t) };
    const motion = await measure(shown);
    expect(motion.steps.filter(({ verdict }) => verdict === 'cut').length).toBeGreaterThanOrEqual(5);
  });

  it('handles one frame, and says so when there is none', async () => {
    const single = await measure(pan([0]));
    expect(single.steps).toEqual([]);
    expect(Array.from(single.times)).toEqual([0]);
    await expect(measure([])).rejects.toMatchObject({ code: 'GIMBAL_E_INPUT_NOT_VIDEO' });
  });

  it('closes its frames when the estimator fails or the run is cancelled', async () => {
    for (const failAt of [1, 3]) {
      const ledger = new Ledger();
      const estimator = {
        ...shiftEstimator,
        estimate: async (...[previous, current]: Parameters<typeof shiftEstimator.estimate>) => {
          if (current.index === failAt) throw new Error('no');
          return shiftEstimator.estimate(previous, current);
        },
      };
      const shown = pan([0, 1, 2, 3, 4]);
      shown[2] = { ...shown[2], scene: () => 255 };
      await expect(analyze({ source: memorySource(shown, size, ledger), estimator })).rejects.toMatchObject({
        code: 'GIMBAL_E_PLUGIN_FAILED',
      });
      expect(ledger.open).toBe(0);
    }
    const ledger = new Ledger();
    const controller = new AbortController();
    const cancelled = analyze({
      source: memorySource(pan([0, 1, 2, 3]), size, ledger),
      estimator: shiftEstimator,
      signal: controller.signal,
      onProgress: ({ done }) => done === 2 && controller.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    expect(ledger.open).toBe(0);
  });

  it('asks an estimator that likes batches about many pairs at once, and gets the answers of one by one', async () => {
    const flashes = pan([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 18]);
    for (const t of [3, 8, 9]) flashes[t] = { ...flashes[t], scene: () => 255 };
    const cuts = [...pan([0, 1, 2, 3]), ...pan([0, 1, 2, 3, 4, 5, 6], hills(7), 4), ...pan([9, 10], scene, 11)];
    for (const shown of [flashes, cuts, pan([0]), pan([0, 1])]) {
      const [alone, together] = [rememberingEstimator(1), rememberingEstimator(4)];
      const ledger = new Ledger();
      const one = await analyze({ source: memorySource(shown, size, ledger), estimator: alone });
      expect(alone.asked.every((count) => count === 1)).toBe(true);
      const many = await analyze({ source: memorySource(shown, size, ledger), estimator: together, timeout: 10_000 });
      expect(many).toEqual(one);
      expect(ledger.open).toBe(0);
      // A batch under way, its first frame, the batch to come, a frame kept across a gap.
      expect(ledger.most).toBeLessThanOrEqual(10);
      if (shown === flashes) expect(Math.max(...together.asked)).toBe(4);
    }
  });

  it('refuses a batch that is answered in part', async () => {
    const estimator = { ...rememberingEstimator(4), estimateBatch: async () => [] };
    const ledger = new Ledger();
    const shown = pan([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await expect(analyze({ source: memorySource(shown, size, ledger), estimator })).rejects.toMatchObject({
      code: 'GIMBAL_E_PLUGIN_FAILED',
      message: expect.stringMatching(/0 answers for \d pairs/),
    });
    expect(ledger.open).toBe(0);
  });
});

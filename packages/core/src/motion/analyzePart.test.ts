import { describe, expect, it } from 'vitest';
import { hills, Ledger, memorySource, type Shown } from '../../test/memoryClip.js';
import { rememberingEstimator, shiftEstimator } from '../../test/smallParts.js';
import { analyze } from './analyze.js';
import { type AnalysisPart, analyzePart } from './analyzePart.js';
import type { Estimator } from './estimator.js';

const size = { width: 48, height: 32 };
const scene = hills(1);
const pan = (xs: readonly number[], what = scene, start = 0): Shown[] =>
  xs.map((x, t) => ({ time: (start + t) / 30, scene: what, x, y: 0 }));

const flashes = pan([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14]);
for (const t of [3, 8, 9]) flashes[t] = { ...flashes[t], scene: () => 255 };
const glitch = pan([0, 1, 1, 2, 3, 4, 5, 6]);
for (const t of [2, 3]) glitch[t] = { ...glitch[t], scene: hills(7) };
const longGap = pan([0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4]);
for (let t = 2; t < 10; t++) longGap[t] = { ...longGap[t], scene: hills(20 + 3 * t) };
const cuts = [...pan([0, 1, 2, 3]), ...pan([0, 1, 2, 3, 4, 5, 6], hills(7), 4), ...pan([9, 10], scene, 11)];

/** What another process would receive. */
const copied = (part: AnalysisPart): AnalysisPart => structuredClone(part);

describe('analyzePart', () => {
  it.each([
    ['flashes', flashes],
    ['a glitch', glitch],
    ['a gap that is too long', longGap],
    ['cuts', cuts],
  ])('gives the same as one analysis wherever it is split: %s', async (_, shown) => {
    const ledger = new Ledger();
    const source = () => memorySource(shown, size, ledger);
    for (const batch of [1, 4]) {
      const whole = await analyze({ source: source(), estimator: rememberingEstimator(batch) });
      for (let end = 1; end < shown.length; end++) {
        const first = await analyzePart({ source: source(), estimator: rememberingEstimator(batch), end });
        expect([first.motion.times.length, first.state instanceof Uint8Array]).toEqual([end, true]);
        const rest = { source: source(), estimator: rememberingEstimator(batch), resume: copied(first) };
        expect(await analyzePart(rest)).toEqual({ motion: whole });
      }
      let part: AnalysisPart | undefined;
      for (let end = 1; part === undefined || part.state !== undefined; end++) {
        part = await analyzePart({
          source: source(),
          estimator: rememberingEstimator(batch),
          resume: part && copied(part),
          end,
        });
      }
      expect(part.motion).toEqual(whole);
      expect(ledger.open).toBe(0);
    }
  });

  it('differs where the state does not go along: the comparison above can fail', async () => {
    const source = () => memorySource(flashes, size, new Ledger());
    const whole = await analyze({ source: source(), estimator: rememberingEstimator(1) });
    const first = await analyzePart({ source: source(), estimator: rememberingEstimator(1), end: 5 });
    const forgetful: Estimator = { ...rememberingEstimator(1), restore: () => undefined };
    const rest = await analyzePart({ source: source(), estimator: forgetful, resume: first });
    expect(rest.motion).not.toEqual(whole);
  });

  it('is done when the clip is, whatever end was given, and then stays so', async () => {
    const seen: unknown[] = [];
    const parts = { source: memorySource(pan([0, 1, 2]), size, new Ledger()), estimator: rememberingEstimator(1) };
    const onProgress = (progress: unknown) => void seen.push(progress);
    const part = await analyzePart({ ...parts, end: 3, onProgress });
    expect(part.state).toBeUndefined();
    expect(seen.at(-1)).toEqual({ stage: 'analyze', done: 3, total: 3 });
    expect(await analyzePart({ ...parts, resume: part })).toBe(part);
  });

  it('tells what it cannot go on from', async () => {
    const shown = pan([0, 1, 2, 3, 4, 5]);
    const ledger = new Ledger();
    const source = memorySource(shown, size, ledger);
    const estimator = rememberingEstimator(1);
    const part = await analyzePart({ source, estimator, end: 3 });
    const state = part.state as Uint8Array;
    const invalid = 'GIMBAL_E_INVALID_ARGUMENT';
    const motionFile = 'GIMBAL_E_MOTION_FILE';
    const later = memorySource(pan([0, 1, 2, 3, 4, 5], scene, 9), size, ledger);
    const shorter = memorySource(shown.slice(0, 2), size, ledger);
    const { motion } = await analyzePart({ source, estimator: rememberingEstimator(1), end: 4 });
    for (const [code, message, options] of [
      [invalid, /begins at frame 3 must end after it; received the end 3/, { end: 3, resume: part }],
      [invalid, /received the end 1.5/, { end: 1.5 }],
      [invalid, /after 3 frames, the motion has 4/, { resume: { motion, state } }],
      [invalid, /received 7 bytes of something else/, { resume: { motion, state: new Uint8Array(7) } }],
      [invalid, /or not all of them/, { resume: { ...part, state: state.subarray(0, state.length - 1) } }],
      [invalid, /begun by estimator "remembering"/, { resume: part, estimator: { ...estimator, name: 'other' } }],
      [invalid, /"shift" cannot save what it carries/, { end: 3, estimator: shiftEstimator }],
      [invalid, /"shift" cannot save what it carries/, { resume: part, estimator: shiftEstimator }],
      [
        motionFile,
        /Frame 2 of the clip is at 0.367 s, the motion expects it at 0.067 s/,
        { resume: part, source: later },
      ],
      [motionFile, /expects frame 2 at 0.067 s, the clip has only 2/, { resume: part, source: shorter }],
      [
        'GIMBAL_E_PLUGIN_FAILED',
        /something else than a Uint8Array/,
        { end: 3, estimator: { ...estimator, state: () => 3 as never } },
      ],
      [
        'GIMBAL_E_PLUGIN_FAILED',
        /could not restore its state: no/,
        { resume: part, estimator: { ...estimator, restore: () => Promise.reject(new Error('no')) } },
      ],
    ] as const) {
      await expect(analyzePart({ source, estimator, ...options })).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    }
    expect(ledger.open).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { Ledger } from '../../test/memoryClip.js';
import { shiftEstimator } from '../../test/smallParts.js';
import { GimbalError } from '../errors.js';
import { identityHomography } from '../geometry/homography.js';
import { checkedEstimate, type EstimateLimits } from './checkedEstimate.js';
import type { Estimator } from './estimator.js';
import { type MotionField, motionField } from './motionField.js';

const size = { width: 16, height: 12 };
const ledger = new Ledger();
const [previous, current] = [0, 1].map((index) => ledger.frame(size, index, index, new Uint8Array(16 * 12)));
const good = motionField({ size, homographies: identityHomography() });

function ask(answer: () => unknown, limits: EstimateLimits = {}): Promise<MotionField> {
  const estimator = { name: 'odd', memory: ['host'], estimate: answer } as unknown as Estimator;
  return checkedEstimate(estimator, previous, current, limits);
}

describe('checkedEstimate', () => {
  it('passes a proper answer, also one that comes without a promise', async () => {
    expect(await checkedEstimate(shiftEstimator, previous, current, {})).toMatchObject({ verdict: 'duplicate' });
    expect(await ask(() => good)).toBe(good);
    expect(await ask(() => good, { timeout: 1000, signal: new AbortController().signal })).toBe(good);
  });

  const bad = (changes: object): unknown => ({ ...good, ...changes });
  it.each<[unknown, RegExp]>([
    [undefined, /gave no motion field at frame 1/],
    [null, /no motion field/],
    [bad({ rows: 0, homographies: new Float64Array(0) }), /a grid of 0×1 cells/],
    [bad({ cols: undefined }), /a grid of 1×undefined cells/],
    [bad({ rows: 2 }), /2×1 grid does not match its 9 numbers/],
    [bad({ homographies: Array.from(identityHomography()) }), /not a Float64Array/],
    [bad({ homographies: Float64Array.of(1, 0, Number.NaN, 0, 1, 0, 0, 0, 1) }), /a homography with NaN in it/],
    [bad({ homographies: Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2) }), /h\[8\] = 2 instead of 1/],
    [bad({ confidence: 2 }), /a confidence of 2 \(expected 0 to 1\)/],
    [bad({ confidence: Number.NaN }), /a confidence of NaN/],
    [bad({ verdict: 'fine' }), /the unknown verdict "fine"/],
    [bad({ model: 'magic' }), /the unknown model "magic"/],
    [bad({ size: undefined }), /for undefined×undefined pixels although frames have 16×12/],
    [bad({ size: { width: 8, height: 12 } }), /for 8×12 pixels although frames have 16×12/],
  ])('refuses %j', async (answer, message) => {
    await expect(ask(async () => answer)).rejects.toMatchObject({
      code: 'GIMBAL_E_PLUGIN_FAILED',
      message: expect.stringMatching(message),
    });
  });

  it('names the estimator and the frame when it throws, at once or later, whatever it throws', async () => {
    const cause = new Error('out of luck');
    const failed = { code: 'GIMBAL_E_PLUGIN_FAILED', message: 'Estimator "odd" failed at frame 1: out of luck', cause };
    await expect(ask(async () => Promise.reject(cause))).rejects.toMatchObject(failed);
    await expect(
      ask(() => {
        throw cause;
      }),
    ).rejects.toMatchObject(failed);
    await expect(ask(() => Promise.reject('words'))).rejects.toMatchObject({
      message: expect.stringMatching(/: words$/),
    });
  });

  it("leaves an estimator's own GimbalError as it is", async () => {
    const own = new GimbalError('GIMBAL_E_CUDA', 'Out of memory.');
    await expect(ask(() => Promise.reject(own), { timeout: 1000 })).rejects.toBe(own);
  });

  it('waits no longer than it is told', async () => {
    const never = (): Promise<MotionField> => new Promise(() => undefined);
    await expect(ask(never, { timeout: 20 })).rejects.toMatchObject({
      code: 'GIMBAL_E_PLUGIN_TIMEOUT',
      message: expect.stringContaining('no answer for frame 1 within 0.02 s'),
    });
  });

  it('stops waiting when it is aborted, before or during the call', async () => {
    const cancelled = { code: 'GIMBAL_E_CANCELLED' };
    let asked = false;
    const early = ask(
      async () => {
        asked = true;
        return good;
      },
      { signal: AbortSignal.abort() },
    );
    await expect(early).rejects.toMatchObject(cancelled);
    expect(asked).toBe(false);
    const controller = new AbortController();
    const waiting = ask(() => new Promise(() => undefined), { signal: controller.signal, timeout: 60_000 });
    controller.abort();
    await expect(waiting).rejects.toMatchObject(cancelled);
  });
});

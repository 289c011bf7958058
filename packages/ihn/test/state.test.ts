import type { Estimator, HostFrame } from '@gimbal/core';
import { afterAll, describe, expect, test } from 'vitest';
import { createIhnEstimator } from '../src/index.js';
import { frameOf, texture } from './scene.js';
import { withoutWeights } from './weights.js';

if (withoutWeights) console.warn(`ihn: state tests are skipped, ${withoutWeights}`);

const size = { width: 320, height: 200 };
/** A window in the middle shows something that moves by itself, so that what earlier pairs said matters. */
const clip = Array.from({ length: 8 }, (_, i): HostFrame => {
  const inside = (x: number, y: number) => Math.abs(x / 320 - 0.5) < 0.2 + 0.02 * i && Math.abs(y / 200 - 0.5) < 0.3;
  const level = (x: number, y: number) =>
    inside(x, y) ? texture(8, x - 5 * i, y + 3 * i) : texture(3, x + 1.5 * i, y - 0.5 * i);
  return { ...frameOf(size, level), index: i, time: i / 30 };
});
const anew = (frame: HostFrame): HostFrame => ({ ...frame });

const open: Estimator[] = [];
const make = async (options = {}): Promise<Estimator> => {
  const estimator = await createIhnEstimator({ provider: 'cpu', ...options });
  open.push(estimator);
  return estimator;
};
afterAll(() => Promise.all(open.map((estimator) => estimator.dispose?.())));

async function fieldsOf(estimator: Estimator, frames: readonly HostFrame[], from = 0, to = frames.length - 1) {
  const fields = [];
  for (let i = from; i < to; i++) fields.push(await estimator.estimate(frames[i], frames[i + 1]));
  return fields;
}

describe.skipIf(withoutWeights !== undefined)('the state of the learned estimator', () => {
  test('lets another one go on, bit for bit, pair by pair and in batches', async () => {
    const whole = await fieldsOf(await make(), clip);
    const pairs = (frames: readonly HostFrame[]) => frames.slice(1).map((frame, i) => [frames[i], frame] as const);
    for (const at of [1, 4]) {
      const first = await make();
      await first.estimateBatch?.(pairs(clip.slice(0, at + 1)));
      const state = Uint8Array.from((await first.state?.()) as Uint8Array);
      for (const batches of [false, true]) {
        const second = await make();
        await second.restore?.(state);
        const rest = clip.slice(at).map(anew);
        const fields = batches ? await second.estimateBatch?.(pairs(rest)) : await fieldsOf(second, rest);
        expect(fields).toEqual(whole.slice(at));
      }
    }
    expect(await fieldsOf(await make(), clip.slice(4).map(anew))).not.toEqual(whole.slice(4));
  });

  test('is empty before the first pair, and refused where it is damaged or from other options', async () => {
    const estimator = await make();
    expect((await estimator.state?.())?.length).toBe(0);
    await estimator.estimate(clip[0], clip[1]);
    const state = (await estimator.state?.()) as Uint8Array;
    const classical = new TextEncoder().encode('{"classical":{},"frame":1,"trust":[]}');
    for (const [options, bytes, message] of [
      [{ weakBelow: 0.3 }, state, /option weakBelow = 0.2, this estimator has 0.3/],
      [{}, state.subarray(0, 40), /state of the ihn estimator, received 40 bytes/],
      [{}, classical, /state of the ihn estimator/],
    ] as const) {
      await expect(async () => (await make(options)).restore?.(bytes)).rejects.toMatchObject({
        code: 'GIMBAL_E_INVALID_ARGUMENT',
        message: expect.stringMatching(message),
      });
    }
  });
});

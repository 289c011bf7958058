import type { Estimator, HostFrame } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { createClassicalEstimator } from '../src/index.js';
import { frameOf } from './frames.js';
import { cameraMotion, shoot, textured } from './scenes.js';

const [WIDTH, HEIGHT] = [320, 200];
const scene = textured(3);
const object = textured(11);
/** A window in the middle that grows from 20 % to 68 % of the frame; what it shows moves by itself, so that trust decides. */
const clip = Array.from({ length: 14 }, (_, i) => {
  const view = cameraMotion(WIDTH, HEIGHT, -1.5 * i, 0.5 * i, 0, 1);
  const shown = (x: number, y: number) => object(x - 5 * i, y + 3 * i);
  return frameOf(shoot(scene, WIDTH, HEIGHT, view, { scene: shown, area: 0.2 + 0.035 * i, x: 0, y: 0 }));
});
/** The same frame decoded anew: another handle. */
const anew = (frame: HostFrame): HostFrame => ({ ...frame });

async function fieldsOf(estimator: Estimator, frames: readonly HostFrame[], from: number, to = frames.length - 1) {
  const fields = [];
  for (let i = from; i < to; i++) fields.push(await estimator.estimate(frames[i], frames[i + 1]));
  return fields;
}

describe('the state of the classical estimator', () => {
  const make = (options = {}) => createClassicalEstimator({ device: 'cpu', ...options });

  it('lets another one go on, bit for bit, wherever the clip is split', async () => {
    const whole = await fieldsOf(await make(), clip, 0);
    for (const at of [1, 4, 9, 12]) {
      const first = await make();
      await fieldsOf(first, clip, 0, at);
      const state = Uint8Array.from((await first.state?.()) as Uint8Array);
      const second = await make();
      await second.restore?.(state);
      const rest = clip.slice(at).map(anew);
      expect(await fieldsOf(second, rest, 0)).toEqual(whole.slice(at));
    }
    // Without the state it answers differently, or the test would show nothing.
    expect(await fieldsOf(await make(), clip.slice(9).map(anew), 0)).not.toEqual(whole.slice(9));
  });

  it('is about the frame that was the current one last, and not about further handles of it', async () => {
    const first = await make();
    await fieldsOf(first, clip, 0, 9);
    const state = (await first.state?.()) as Uint8Array;
    const [going, fresh] = [await make(), await make()];
    await going.restore?.(state);
    const [, kept] = [await going.estimate(anew(clip[9]), clip[10]), await going.estimate(anew(clip[9]), clip[11])];
    expect(kept).toEqual(await fresh.estimate(anew(clip[9]), anew(clip[11])));
  });

  it('is empty before the first pair, and then changes nothing', async () => {
    const estimator = await make();
    expect((await estimator.state?.())?.length).toBe(0);
    await estimator.restore?.(new Uint8Array(0));
    expect(await fieldsOf(estimator, clip.map(anew), 0, 2)).toEqual(await fieldsOf(await make(), clip, 0, 2));
  });

  it('is refused where it is damaged or from other options', async () => {
    const estimator = await make();
    await fieldsOf(estimator, clip, 0, 2);
    const state = (await estimator.state?.()) as Uint8Array;
    const restored = async (options: object, bytes: Uint8Array) => (await make(options)).restore?.(bytes);
    await expect(restored({}, state)).resolves.toBeUndefined();
    for (const [options, bytes, message] of [
      [{ seed: 2 }, state, /option seed = 1, this estimator has 2/],
      [{ continuity: false }, state, /option continuity = true, this estimator has false/],
      [
        { mask: { width: 1, height: 1, data: Uint8Array.of(1) } },
        state,
        /option mask = none, this estimator has [0-9a-f]{64}/,
      ],
      [{}, state.subarray(0, 40), /received 40 bytes of something else/],
      [{}, new TextEncoder().encode('{"classical":{},"frame":1,"trust":[2]}'), /something else/],
    ] as const) {
      await expect(restored(options, bytes)).rejects.toMatchObject({
        code: 'GIMBAL_E_INVALID_ARGUMENT',
        message: expect.stringMatching(message),
      });
    }
    await estimator.dispose?.();
    await expect(async () => estimator.state?.()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  });
});

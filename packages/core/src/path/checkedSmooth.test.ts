import { describe, expect, it } from 'vitest';
import { cropBudget } from '../plan/cropBudget.js';
import type { CameraPath } from './cameraPath.js';
import { checkedSmooth } from './checkedSmooth.js';
import type { Smoother } from './smoother.js';

const size = { width: 64, height: 48 };
const path: CameraPath = {
  size,
  times: Float64Array.of(0, 0.5, 1),
  parameters: new Float64Array(24),
  confidence: Float64Array.of(1, 1, 1),
};
const budget = cropBudget(size, 0.1);
const smoother = (smooth: () => unknown): Smoother => ({ name: 'mine', smooth: smooth as Smoother['smooth'] });
const withParameter = (at: number, value: number) => {
  const parameters = path.parameters.slice();
  parameters[at] = value;
  return { ...path, parameters };
};

describe('checkedSmooth', () => {
  it('passes on what keeps the contract', async () => {
    const smoothed = withParameter(3, 7);
    const times = path.times.slice();
    const answer = await checkedSmooth(
      smoother(async () => ({ ...smoothed, times })),
      path,
      budget,
    );
    expect(answer).toEqual(smoothed);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['nothing', () => undefined, /gave no camera path but undefined/],
    ['a list', () => path.parameters, /parameters that are not a Float64Array/],
    ['plain numbers', () => ({ ...path, parameters: Array.from(path.parameters) }), /not a Float64Array/],
    ['too few', () => ({ ...path, parameters: new Float64Array(16) }), /16 parameters for 3 frames, which need 24/],
    ['NaN', () => withParameter(10, Number.NaN), /NaN as rotation of frame 1 \(0\.500 s\)/],
    ['Infinity', () => withParameter(16, Number.POSITIVE_INFINITY), /Infinity as translationX of frame 2/],
    ['fewer times', () => ({ ...path, times: Float64Array.of(0, 1) }), /2 times for 3 frames/],
    ['other times', () => ({ ...path, times: Float64Array.of(0, 0.4, 1) }), /frame 1 at 0\.4 s instead of 0\.5 s/],
    ['a bug', () => Promise.reject(new TypeError('x is undefined')), /"mine" failed: x is undefined/],
    [
      'a throw at once',
      () => {
        throw new Error('no licence');
      },
      /"mine" failed: no licence/,
    ],
  ])('names the smoother that answers with %s', async (_, smooth, message) => {
    await expect(checkedSmooth(smoother(smooth), path, budget)).rejects.toMatchObject({
      code: 'GIMBAL_E_PLUGIN_FAILED',
      message: expect.stringMatching(
        new RegExp(`^Smoother "mine" .*${message.source}`.replace('"mine" .*"mine" ', '"mine" ')),
      ),
    });
  });

  it('does not wait for one that takes no notice of an abort', async () => {
    const stop = new AbortController();
    const answer = checkedSmooth(
      smoother(() => new Promise(() => undefined)),
      path,
      budget,
      { signal: stop.signal },
    );
    stop.abort();
    await expect(answer).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  });
});

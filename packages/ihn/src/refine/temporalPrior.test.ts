import type { Frame } from '@gimbal/core';
import { describe, expect, test } from 'vitest';
import { createTemporalPrior, type MotionPrior } from './temporalPrior.js';

const frames = Array.from({ length: 3 }, () => ({}) as Frame);

describe('temporalPrior', () => {
  test('a pair waits for the one that ends where it begins, whatever the order in which they are answered', async () => {
    const temporalPrior = createTemporalPrior();
    const [first, second] = [temporalPrior.enter(frames[0], frames[1]), temporalPrior.enter(frames[1], frames[2])];
    let arrived: MotionPrior | undefined;
    const waiting = second.before.then((prior) => {
      arrived = prior;
    });
    await Promise.resolve();
    expect(arrived).toBeUndefined();
    const prior = { trust: new Float32Array(48).fill(0.5) };
    first.publish(prior);
    first.publish({});
    await waiting;
    expect(arrived).toBe(prior);
    expect(await first.before).toEqual({});
  });

  test('pairs that ask for each other do not wait for ever', async () => {
    const temporalPrior = createTemporalPrior();
    const forth = temporalPrior.enter(frames[0], frames[1]);
    const back = temporalPrior.enter(frames[1], frames[0]);
    expect(await forth.before).toEqual({});
    forth.publish({});
    expect(await back.before).toEqual({});
  });
});

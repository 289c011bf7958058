import type { Frame } from '@gimbal/core';
import { describe, expect, test } from 'vitest';
import { createContinuity } from './continuity.js';

const frames = Array.from({ length: 3 }, () => ({}) as Frame);

describe('continuity', () => {
  test('a pair waits for the one that ends where it begins, whatever the order in which they are answered', async () => {
    const continuity = createContinuity();
    const [first, second] = [continuity.enter(frames[0], frames[1]), continuity.enter(frames[1], frames[2])];
    let arrived: Float32Array | undefined;
    const waiting = second.before.then((trust) => {
      arrived = trust;
    });
    await Promise.resolve();
    expect(arrived).toBeUndefined();
    const trust = new Float32Array(48).fill(0.5);
    first.leave(trust);
    first.leave(undefined);
    await waiting;
    expect(arrived).toBe(trust);
    expect(await first.before).toBeUndefined();
  });

  test('pairs that ask for each other do not wait for ever', async () => {
    const continuity = createContinuity();
    const forth = continuity.enter(frames[0], frames[1]);
    const back = continuity.enter(frames[1], frames[0]);
    expect(await forth.before).toBeUndefined();
    forth.leave(undefined);
    expect(await back.before).toBeUndefined();
  });
});

import type { Frame } from '@gimbal/core';
import { describe, expect, test } from 'vitest';
import { createContinuity, type Known } from './continuity.js';

const frames = Array.from({ length: 3 }, () => ({}) as Frame);

describe('continuity', () => {
  test('a pair waits for the one that ends where it begins, whatever the order in which they are answered', async () => {
    const continuity = createContinuity();
    const [first, second] = [continuity.enter(frames[0], frames[1]), continuity.enter(frames[1], frames[2])];
    let arrived: Known | undefined;
    const waiting = second.before.then((known) => {
      arrived = known;
    });
    await Promise.resolve();
    expect(arrived).toBeUndefined();
    const known = { trust: new Float32Array(48).fill(0.5) };
    first.leave(known);
    first.leave({});
    await waiting;
    expect(arrived).toBe(known);
    expect(await first.before).toEqual({});
  });

  test('pairs that ask for each other do not wait for ever', async () => {
    const continuity = createContinuity();
    const forth = continuity.enter(frames[0], frames[1]);
    const back = continuity.enter(frames[1], frames[0]);
    expect(await forth.before).toEqual({});
    forth.leave({});
    expect(await back.before).toEqual({});
  });
});

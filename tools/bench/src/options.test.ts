import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inParallel } from './options.js';

it('works on at most so many items at a time and keeps their order', async () => {
  let running = 0;
  let most = 0;
  const doubled = await inParallel(2, [30, 10, 20, 1], async (ms) => {
    most = Math.max(most, ++running);
    await wait(ms);
    running--;
    return 2 * ms;
  });
  expect(doubled).toEqual([60, 20, 40, 2]);
  expect(most).toBe(2);
});

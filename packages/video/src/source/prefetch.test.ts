import { expect, it } from 'vitest';
import { Prefetch } from './prefetch.js';

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

it('stays the given number of items ahead and gives back what nobody took', async () => {
  let made = 0;
  const returned: number[] = [];
  const ahead = new Prefetch<number>(
    async () => made++,
    3,
    (item) => returned.push(item),
  );
  await settle();
  expect(made).toBe(3);
  expect(await ahead.next()).toBe(0);
  await settle();
  expect(made).toBe(4);
  await ahead.stop();
  expect(returned).toEqual([1, 2, 3]);
  expect(await ahead.next()).toBeUndefined();
});

it('ends where its producer ends', async () => {
  const items = [7, 8];
  const ahead = new Prefetch<number>(
    async () => items.shift(),
    5,
    () => {},
  );
  expect([await ahead.next(), await ahead.next(), await ahead.next(), await ahead.next()]).toEqual([
    7,
    8,
    undefined,
    undefined,
  ]);
  await ahead.stop();
});

it('throws what its producer threw, after the items before it', async () => {
  const items = [1];
  const ahead = new Prefetch<number>(
    async () => {
      const item = items.shift();
      if (item === undefined) throw new Error('broken');
      return item;
    },
    5,
    () => {},
  );
  expect(await ahead.next()).toBe(1);
  await expect(ahead.next()).rejects.toThrow('broken');
  await ahead.stop();
});

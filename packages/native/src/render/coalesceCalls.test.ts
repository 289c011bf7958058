import { expect, test } from 'vitest';
import { coalesceCalls } from './coalesceCalls.js';

/** Takes numbers, and refuses those below zero together with all that come with them. */
function recorder() {
  const calls: number[][] = [];
  const call = async (items: readonly number[]) => {
    calls.push([...items]);
    if (items.some((item) => item < 0)) throw new Error(`refused ${items.join()}`);
  };
  return { calls, call };
}

test('calls of one turn go together, in order, at most so many', async () => {
  const { calls, call } = recorder();
  const ask = coalesceCalls(3, call);
  await Promise.all([1, 2, 3, 4, 5].map(ask));
  await ask(6);
  expect(calls).toEqual([[1, 2, 3], [4, 5], [6]]);
});

test('calls that are made when others return go together too', async () => {
  const { calls, call } = recorder();
  const ask = coalesceCalls(4, call);
  await Promise.all([1, 2].map((item) => ask(item).then(() => ask(10 * item))));
  expect(calls).toEqual([
    [1, 2],
    [10, 20],
  ]);
});

test('of calls that fail together only those fail that fail by themselves', async () => {
  const { calls, call } = recorder();
  const ask = coalesceCalls(3, call);
  const settled = await Promise.allSettled([1, -2, 3].map(ask));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(settled[1]).toMatchObject({ reason: { message: 'refused -2' } });
  expect(calls).toEqual([[1, -2, 3], [1], [-2], [3]]);
});

test('a call that throws at once is a call that fails', async () => {
  const ask = coalesceCalls(2, () => {
    throw new Error('at once');
  });
  await expect(ask(1)).rejects.toThrow('at once');
});

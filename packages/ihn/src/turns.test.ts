import { expect, test } from 'vitest';
import { createTurns } from './turns.js';

test('work waits for its turn, also after work that failed', async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      log.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const [one, two] = [work('one', true), work('two')];
  await expect(one).rejects.toThrow('one');
  expect(await two).toBe('two');
  expect(log).toEqual(['one starts', 'one ends', 'two starts', 'two ends']);
});

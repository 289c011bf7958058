import { expect, test } from 'vitest';
import { hills, Ledger, memorySource, type Shown } from '../../test/memoryClip.js';
import type { Frame } from '../frame/frame.js';
import { prefetchFrames } from './prefetchFrames.js';

const size = { width: 4, height: 4 };
const clip = (count: number): Shown[] =>
  Array.from({ length: count }, (_, t) => ({ time: t / 30, scene: hills(1), x: t, y: 0 }));
const idle = () => new Promise((resolve) => setTimeout(resolve, 5));

async function drain(take: () => Promise<Frame[]>): Promise<number[][]> {
  const rounds: number[][] = [];
  for (;;) {
    const frames = await take();
    if (frames.length === 0) return rounds;
    rounds.push(frames.map(({ index }) => index));
    for (const frame of frames) frame.close();
  }
}

test('hands over what has come, in order, and reads no further than told', async () => {
  const ledger = new Ledger();
  const ahead = prefetchFrames(memorySource(clip(9), size, ledger).frames(), 4);
  const [first] = await ahead.take(1);
  await idle();
  expect(ledger.open).toBe(5);
  first.close();
  const rounds = await drain(async () => {
    await idle();
    return ahead.take(3);
  });
  expect(rounds).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8],
  ]);
  await ahead.close();
  expect(ledger.open).toBe(0);
});

test('reads only when asked with nothing ahead', async () => {
  const ledger = new Ledger();
  const ahead = prefetchFrames(memorySource(clip(3), size, ledger).frames(), 0);
  await idle();
  expect(ledger.most).toBe(0);
  expect(await drain(() => ahead.take(8))).toEqual([[0], [1], [2]]);
  expect(ledger.most).toBe(1);
  expect(await ahead.take(1)).toEqual([]);
});

test('closes what nobody took, and ends the source', async () => {
  const ledger = new Ledger();
  let ended = false;
  async function* watched() {
    try {
      yield* memorySource(clip(9), size, ledger).frames();
    } finally {
      ended = true;
    }
  }
  const ahead = prefetchFrames(watched(), 4);
  for (const frame of await ahead.take(1)) frame.close();
  await ahead.close();
  expect([ended, ledger.open]).toEqual([true, 0]);
  expect(await ahead.take(1)).toEqual([]);
});

test('tells of a failure after the frames before it', async () => {
  const ledger = new Ledger();
  async function* failing() {
    yield* memorySource(clip(2), size, ledger).frames();
    throw new Error('no more');
  }
  const ahead = prefetchFrames(failing(), 4);
  await idle();
  const frames: Frame[] = [];
  for (let i = 0; i < 2; i++) frames.push(...(await ahead.take(1)));
  expect(frames.map(({ index }) => index)).toEqual([0, 1]);
  for (const frame of frames) frame.close();
  await expect(ahead.take(1)).rejects.toThrow('no more');
  await ahead.close();
  expect(ledger.open).toBe(0);
});

test('frames that come in one message are handed over together', async () => {
  const ledger = new Ledger();
  const inner = memorySource(clip(8), size, ledger).frames();
  async function* messages() {
    let told = 0;
    for await (const frame of inner) {
      if (told++ % 4 === 0) await idle();
      yield frame;
    }
  }
  const ahead = prefetchFrames(messages(), 4);
  expect(await drain(() => ahead.take(4))).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ]);
});

import { expect, test } from 'vitest';
import { Ledger } from '../../test/memoryClip.js';
import { createRecentFrames } from './recentFrames.js';

const ledger = new Ledger();
const frames = Array.from({ length: 4 }, (_, i) => ledger.frame({ width: 1, height: 1 }, i, i / 30, Uint8Array.of(i)));

function watched(inUse?: (value: { name: string }) => boolean) {
  const forgotten: string[] = [];
  let made = 0;
  const recent = createRecentFrames<{ name: string }>(({ name }) => forgotten.push(name), inUse);
  const of = (i: number) => recent.of(frames[i], () => ({ name: `${i}:${made++}` })).name;
  return { recent, of, forgotten, made: () => made };
}

test('a value is made once per frame, and those used longest ago are forgotten first', () => {
  const { recent, of, forgotten, made } = watched();
  expect([0, 1, 2, 0].map(of)).toEqual(['0:0', '1:1', '2:2', '0:0']);
  expect(made()).toBe(3);
  recent.trim(2);
  recent.trim(2);
  expect(forgotten).toEqual(['1:1']);
  expect([of(1), of(2), of(0)]).toEqual(['1:3', '2:2', '0:0']);
  recent.trim(0);
  expect(forgotten).toEqual(['1:1', '1:3', '2:2', '0:0']);
});

test('what is in use is not trimmed, and others are for it', () => {
  const used = new Set(['0:0', '1:1']);
  const { recent, of, forgotten } = watched(({ name }) => used.has(name));
  for (const i of [0, 1, 2, 3]) of(i);
  recent.trim(3);
  expect(forgotten).toEqual(['2:2']);
  recent.trim(1);
  expect(forgotten).toEqual(['2:2', '3:3']);
  used.clear();
  recent.trim(1);
  expect(forgotten).toEqual(['2:2', '3:3', '0:0']);
});

test('a dropped value is forgotten once and made again', () => {
  const { recent, forgotten } = watched();
  const value = recent.of(frames[0], () => ({ name: 'first' }));
  recent.drop(value);
  recent.drop(value);
  recent.trim(0);
  expect(forgotten).toEqual(['first']);
  expect(recent.of(frames[0], () => ({ name: 'second' })).name).toBe('second');
});

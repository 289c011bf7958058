import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowFrequencyShare, SHORTEST_SIGNAL } from './lowFrequencyShare.js';

const wave = (n: number, bin: number, phase = 0.3): number[] =>
  Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * bin * i) / n + phase));

/** The published code, spelled out: power spectrum, mean dropped, first half, first five over all. */
function published(signal: readonly number[]): number {
  const n = signal.length;
  const power = Array.from({ length: n }, (_, bin) => {
    let re = 0;
    let im = 0;
    for (let i = 0; i < n; i++) {
      re += signal[i] * Math.cos((2 * Math.PI * bin * i) / n);
      im += signal[i] * Math.sin((2 * Math.PI * bin * i) / n);
    }
    return re * re + im * im;
  }).slice(1);
  const half = power.slice(0, Math.floor(power.length / 2));
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  return sum(half.slice(0, 5)) / sum(half);
}

test('a wave in bin 1 to 5 is all slow, one beyond is all fast', () => {
  for (const n of [100, 101]) {
    for (const bin of [1, 5]) expect(lowFrequencyShare(wave(n, bin))).toBeCloseTo(1, 9);
    for (const bin of [6, 30]) expect(lowFrequencyShare(wave(n, bin))).toBeCloseTo(0, 9);
  }
});

test('equals the whole transform', () => {
  const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
    minLength: SHORTEST_SIGNAL,
    maxLength: 60,
  });
  fc.assert(
    fc.property(values, (signal) => {
      fc.pre(Math.max(...signal) - Math.min(...signal) > 1e-3);
      expect(lowFrequencyShare(signal)).toBeCloseTo(published(signal), 6);
    }),
  );
});

test('the mean does not matter', () => {
  const shifted = wave(80, 3).map((value, i) => value + 0.5 * wave(80, 20)[i] + 1000);
  expect(lowFrequencyShare(shifted)).toBeCloseTo(1 / 1.25, 9);
});

test('no motion and too few samples have no share', () => {
  expect(lowFrequencyShare(new Array(50).fill(3.7))).toBeUndefined();
  expect(lowFrequencyShare(wave(SHORTEST_SIGNAL - 1, 1))).toBeUndefined();
});

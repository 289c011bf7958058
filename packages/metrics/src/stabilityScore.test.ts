import type { Homography } from '@gimbal/core';
import { translationHomography } from '@gimbal/core/geometry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MotionStep } from './evaluate/motionStep.js';
import { type StabilityDefinition, stabilityScore } from './stabilityScore.js';

const size = { width: 640, height: 360 };
const definitions: StabilityDefinition[] = ['dif2021', 'bundled-min', 'path-min'];
const similarity = (x: number, y: number, angle: number): Homography =>
  Float64Array.of(Math.cos(angle), -Math.sin(angle), x, Math.sin(angle), Math.cos(angle), y, 0, 0, 1);
/** Steps between positions. */
const walk = (positions: readonly number[]): Homography[] =>
  positions.slice(1).map((x, i) => translationHomography(x - positions[i], 0));
const sine = (n: number, period: number, amplitude: number): number[] =>
  Array.from({ length: n }, (_, i) => 100 + amplitude * Math.sin((2 * Math.PI * i) / period));

test('slow motion scores high, fast motion low', () => {
  for (const definition of definitions) {
    const slow = stabilityScore(walk(sine(301, 150, 40)), size, definition);
    const fast = stabilityScore(walk(sine(301, 6, 40)), size, definition);
    expect(slow).toMatchObject({ status: 'measured', rotation: undefined });
    if (slow.status === 'measured') expect(slow.score).toBeGreaterThan(0.95);
    if (fast.status === 'measured') expect(fast.score).toBeLessThan(0.1);
    else expect.unreachable();
  }
});

test('dif2021 is the mean and bundled-min the smaller of the shares', () => {
  const steps = Array.from({ length: 200 }, (_, i) => similarity(Math.cos(i / 30), 0, 0.02 * Math.cos(i / 2)));
  const dif = stabilityScore(steps, size, 'dif2021');
  const bundled = stabilityScore(steps, size, 'bundled-min');
  if (dif.status !== 'measured' || bundled.status !== 'measured') return expect.unreachable();
  expect(dif.score).toBeCloseTo(((dif.translation ?? 0) + (dif.rotation ?? 0)) / 2, 12);
  expect(bundled.score).toBe(Math.min(bundled.translation ?? 1, bundled.rotation ?? 1));
});

test('a static clip says so, with and without noise', () => {
  const still = new Array<MotionStep>(100).fill(translationHomography(0, 0));
  const noisy = Array.from({ length: 300 }, (_, i) =>
    translationHomography(0.03 * Math.sin(i * i), 0.03 * Math.cos(i * i)),
  );
  for (const definition of definitions) {
    expect(stabilityScore(still, size, definition)).toEqual({ status: 'static' });
    expect(stabilityScore(noisy, size, definition)).toEqual({ status: 'static' });
  }
});

test('a slow pan is not static', () => {
  const pan = new Array<MotionStep>(300).fill(translationHomography(0.04, 0));
  expect(stabilityScore(pan, size, 'bundled-min').status).toBe('measured');
});

test('a clip of a dozen frames is too short', () => {
  expect(stabilityScore(walk(sine(12, 6, 10)), size, 'dif2021')).toEqual({ status: 'too-short' });
  expect(stabilityScore([], size, 'dif2021')).toEqual({ status: 'too-short' });
});

test('a cut splits the path', () => {
  const shot = walk(sine(151, 75, 30));
  const whole = stabilityScore([...shot, 'cut', ...shot], size, 'bundled-min');
  expect(whole).toEqual(stabilityScore(shot, size, 'bundled-min'));
});

test('a lost step repeats the one before', () => {
  const pan = new Array<MotionStep>(100).fill(translationHomography(2, 1));
  const gaps = pan.map((step, i) => (i % 10 === 5 ? 'lost' : step));
  expect(stabilityScore(gaps, size, 'dif2021')).toEqual(stabilityScore(pan, size, 'dif2021'));
});

test('a product that folds has no score, the sum of the logarithms has', () => {
  // A pan whose perspective error grows until the horizon passes through the picture's corner.
  const steps = new Array<MotionStep>(200).fill(Float64Array.of(1, 0, 3, 0, 1, 1, -4e-5, 0, 1));
  expect(stabilityScore(steps, size, 'bundled-min')).toEqual({ status: 'diverged' });
  expect(stabilityScore(steps, size, 'path-min').status).toBe('measured');
});

test('every score lies between 0 and 1', () => {
  const step = fc
    .tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -0.05, max: 0.05, noNaN: true }))
    .map(([x, angle]) => similarity(x, -x / 2, angle));
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 13, maxLength: 60 }),
      fc.constantFrom(...definitions),
      (steps, definition) => {
        const answer = stabilityScore(steps, size, definition);
        if (answer.status !== 'measured') return;
        expect(answer.score).toBeGreaterThanOrEqual(0);
        expect(answer.score).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 50 },
  );
});

import { identityHomography, translationHomography } from '@gimbal/core/geometry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cornerJitter, jitterPerFrame } from './cornerJitter.js';
import type { MotionStep } from './evaluate/motionStep.js';

const size = { width: 640, height: 360 };

test('steady motion of any speed has no jitter', () => {
  fc.assert(
    fc.property(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 2, max: 50 }), (x, length) => {
      const pan = new Array<MotionStep>(length).fill(translationHomography(x, -x));
      const jitter = cornerJitter(pan, size);
      if (jitter.status !== 'measured') return expect.unreachable();
      expect(jitter.median).toBeCloseTo(0, 9);
      expect(jitter.rms).toBeCloseTo(0, 9);
    }),
  );
});

test('is the change of displacement, root mean square over the coordinates', () => {
  const steps = [translationHomography(0, 0), translationHomography(3, 4), translationHomography(0, 0)];
  // Each corner's displacement changes by (±3, ±4).
  const expected = Math.sqrt((9 + 16) / 2);
  const jitter = cornerJitter(steps, size);
  if (jitter.status !== 'measured') return expect.unreachable();
  expect(jitter.median).toBeCloseTo(expected, 12);
  expect(jitter.rms).toBeCloseTo(expected, 12);
});

test('the median ignores one jolt, the root mean square does not', () => {
  const steps = Array.from({ length: 101 }, (_, i) => translationHomography(i === 50 ? 20 : 0, 0));
  const jitter = cornerJitter(steps, size);
  if (jitter.status !== 'measured') return expect.unreachable();
  expect(jitter.median).toBe(0);
  expect(jitter.rms).toBeCloseTo(Math.sqrt((2 * (400 / 2)) / 100), 12);
});

test('cuts and lost pairs break the run', () => {
  const move = translationHomography(10, 0);
  const steps: MotionStep[] = [
    identityHomography(),
    identityHomography(),
    'cut',
    move,
    move,
    'lost',
    identityHomography(),
  ];
  expect(jitterPerFrame(steps, size)).toEqual([0, undefined, undefined, 0, undefined, undefined]);
  expect(cornerJitter(steps, size)).toEqual({ status: 'measured', median: 0, rms: 0 });
});

test('without two steps in a row there is no answer', () => {
  for (const steps of [[], [identityHomography()], ['lost', 'lost'] as const]) {
    expect(cornerJitter(steps, size)).toEqual({ status: 'too-short' });
  }
});

test('grows in proportion with the shake', () => {
  const shake = (amplitude: number): MotionStep[] =>
    Array.from({ length: 60 }, (_, i) => translationHomography(amplitude * Math.sin(i * 1.7), 0));
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 5, noNaN: true }), (factor) => {
      const [one, many] = [cornerJitter(shake(1), size), cornerJitter(shake(factor), size)];
      if (one.status !== 'measured' || many.status !== 'measured') return expect.unreachable();
      expect(many.rms / one.rms).toBeCloseTo(factor, 9);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everydayHomographies } from '../../test/arbitraries.js';
import { cornerError, identityHomography, scalingHomography, translationHomography } from '../geometry/homography.js';
import { globalHomography, largestCornerShift, shotsOf } from './clipMotion.js';
import { motionField, type Verdict } from './motionField.js';

const size = { width: 64, height: 48 };

function clip(verdicts: Verdict[]): Parameters<typeof shotsOf>[0] {
  const steps = verdicts.map((verdict) => motionField({ size, homographies: identityHomography(), verdict }));
  return { size, times: Float64Array.from({ length: steps.length + 1 }, (_, i) => i), steps, estimator: 'none' };
}

describe('shotsOf', () => {
  it('splits at cuts, and only there', () => {
    expect(shotsOf(clip([]))).toEqual([{ start: 0, end: 1 }]);
    expect(shotsOf(clip(['ok', 'weak', 'duplicate']))).toEqual([{ start: 0, end: 4 }]);
    expect(shotsOf(clip(['ok', 'cut', 'cut', 'ok']))).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 3 },
      { start: 3, end: 5 },
    ]);
    expect(shotsOf(clip(['cut']))).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 2 },
    ]);
  });

  it('covers every frame once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Verdict>('ok', 'weak', 'cut', 'duplicate')), (verdicts) => {
        const frames = shotsOf(clip(verdicts)).flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, k) => start + k),
        );
        expect(frames).toEqual(Array.from({ length: verdicts.length + 1 }, (_, i) => i));
      }),
    );
  });
});

describe('globalHomography', () => {
  it('is the field itself at 1×1 and the shared homography of a grid', () => {
    fc.assert(
      fc.property(everydayHomographies, ({ size: frame, h }) => {
        const single = motionField({ size: frame, homographies: h });
        expect(globalHomography(single)).toBe(single.homographies);
        const homographies = new Array(6).fill(Array.from(h)).flat();
        const grid = motionField({ size: frame, rows: 2, cols: 3, homographies });
        expect(cornerError(globalHomography(grid), h, frame)).toBeLessThan(1e-7);
      }),
    );
  });

  it('goes through the corners where cells differ', () => {
    const cells = [translationHomography(2, 0), translationHomography(4, 0)].flatMap((cell) => Array.from(cell));
    const h = globalHomography(motionField({ size, rows: 1, cols: 2, homographies: cells }));
    expect(h[2]).toBeCloseTo(2, 9);
    expect(largestCornerShift(h, size)).toBeCloseTo(4, 9);
  });
});

describe('largestCornerShift', () => {
  it('is the distance that the fastest corner moves', () => {
    expect(largestCornerShift(identityHomography(), size)).toBe(0);
    expect(largestCornerShift(translationHomography(3, -4), size)).toBe(5);
    expect(largestCornerShift(scalingHomography(2), size)).toBe(Math.hypot(63, 47));
  });
});

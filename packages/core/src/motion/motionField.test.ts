import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everydayHomographies, within } from '../../test/arbitraries.js';
import {
  applyHomography,
  identityHomography,
  scalingHomography,
  translationHomography,
} from '../geometry/homography.js';
import { applyMotionField, cellHomography, motionField } from './motionField.js';

const size = { width: 60, height: 40 };

describe('motionField', () => {
  it('fills in what is left out', () => {
    const field = motionField({ size, homographies: [2, 0, 0, 0, 2, 0, 0, 0, 2] });
    expect(field).toMatchObject({ rows: 1, cols: 1, confidence: 1, verdict: 'ok', model: 'homography', size });
    expect(Array.from(field.homographies)).toEqual(Array.from(identityHomography()));
    const grid = new Array(2).fill(Array.from(identityHomography())).flat();
    expect(motionField({ size, homographies: grid, cols: 2 }).model).toBe('mesh');
  });

  it('keeps its own copy', () => {
    const h = identityHomography();
    const field = motionField({ size, homographies: h });
    h[2] = 9;
    expect(field.homographies[2]).toBe(0);
  });

  it('refuses what is no motion field', () => {
    const homographies = identityHomography();
    expect(() => motionField({ size, homographies, rows: 0 })).toThrow(/at least 1×1, not 0×1/);
    expect(() => motionField({ size, homographies, cols: 1.5 })).toThrow(/not 1×1.5/);
    expect(() => motionField({ size, homographies, rows: 2, cols: 3 })).toThrow(/needs 54 numbers, received 9/);
    expect(() => motionField({ size, homographies, confidence: 1.1 })).toThrow(/\[0, 1\], received 1.1/);
    expect(() => motionField({ size, homographies, confidence: Number.NaN })).toThrow(/received NaN/);
    expect(() => motionField({ size, homographies: new Float64Array(9) })).toThrow(/nine finite numbers/);
  });
});

describe('applyMotionField', () => {
  it('is exactly the homography for a 1×1 grid', () => {
    fc.assert(
      fc.property(everydayHomographies, within(-1, 2), within(-1, 2), ({ size: frame, h }, u, v) => {
        const field = motionField({ size: frame, homographies: h });
        const [x, y] = [u * frame.width, v * frame.height];
        expect(applyMotionField(field, x, y)).toEqual(applyHomography(h, x, y));
      }),
    );
  });

  it('reduces to the homography that all cells share', () => {
    const grids = fc.record({ rows: fc.integer({ min: 1, max: 5 }), cols: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(
        everydayHomographies,
        grids,
        within(0, 1),
        within(0, 1),
        ({ size: frame, h }, { rows, cols }, u, v) => {
          const homographies = Array.from({ length: rows * cols }, () => Array.from(h)).flat();
          const field = motionField({ size: frame, rows, cols, homographies });
          const [x, y] = [u * (frame.width - 1), v * (frame.height - 1)];
          const [ax, ay] = applyMotionField(field, x, y);
          const [bx, by] = applyHomography(h, x, y);
          expect(Math.hypot(ax - bx, ay - by)).toBeLessThan(1e-8);
        },
      ),
    );
  });

  const cells = [translationHomography(1, 0), translationHomography(0, 10), scalingHomography(2), identityHomography()];
  const field = motionField({ size, rows: 2, cols: 2, homographies: cells.flatMap((cell) => Array.from(cell)) });

  it("gives a cell's own answer at its centre", () => {
    for (const [row, col] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      const x = ((col + 0.5) / 2) * size.width - 0.5;
      const y = ((row + 0.5) / 2) * size.height - 0.5;
      expect(applyMotionField(field, x, y)).toEqual(applyHomography(cells[row * 2 + col], x, y));
      expect(Array.from(cellHomography(field, row, col))).toEqual(Array.from(cells[row * 2 + col]));
    }
  });

  it('blends between cell centres, half and half in the middle', () => {
    const [x, y] = applyMotionField(field, 29.5, 9.5);
    expect([x, y]).toEqual([30, 14.5]);
    const centre = applyMotionField(field, 29.5, 19.5);
    expect(centre[0]).toBeCloseTo((30.5 + 29.5 + 59 + 29.5) / 4, 12);
    expect(centre[1]).toBeCloseTo((19.5 + 29.5 + 39 + 19.5) / 4, 12);
  });

  it('goes on with the border cells outside the ring of cell centres', () => {
    expect(applyMotionField(field, 0, 0)).toEqual([1, 0]);
    expect(applyMotionField(field, 200, -50)).toEqual([200, -40]);
  });

  it('is continuous', () => {
    fc.assert(
      fc.property(within(0, 59), within(0, 39), within(-1, 1), within(-1, 1), (x, y, dx, dy) => {
        const a = applyMotionField(field, x, y);
        const b = applyMotionField(field, x + dx * 1e-6, y + dy * 1e-6);
        expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeLessThan(2e-5);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { within } from '../../test/arbitraries.js';
import { determinant, multiplyHomographies } from './homography.js';
import {
  closestRotation,
  homographyToRotation,
  multiplyQuaternions,
  type Quaternion,
  quaternionToRotation,
  rotationToQuaternion,
} from './rotation.js';

const unit = within(-1, 1);
const quaternions: fc.Arbitrary<Quaternion> = fc
  .tuple(unit, unit, unit, unit)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map(([w, x, y, z]) => {
    const length = Math.hypot(w, x, y, z) * (w < 0 ? -1 : 1);
    return [w / length, x / length, y / length, z / length] as const;
  });

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(...Array.from(a, (value, i) => value - b[i]));
}

/** Distance from an orthogonal matrix. */
function skewness(r: Float64Array): number {
  const transposed = Float64Array.of(r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]);
  return distance(multiplyHomographies(r, transposed), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
}

describe('quaternions', () => {
  it('go to a rotation matrix and back', () => {
    fc.assert(
      fc.property(quaternions, (q) => {
        const r = quaternionToRotation(q);
        expect(skewness(r)).toBeLessThan(1e-14);
        expect(determinant(r)).toBeCloseTo(1, 12);
        const back = rotationToQuaternion(r);
        expect(
          Math.min(
            distance(back, q),
            distance(
              back,
              q.map((value) => -value),
            ),
          ),
        ).toBeLessThan(1e-14);
        expect(back[0]).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each([
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [1, 0, 0, 0],
  ] as const)('survive half a turn about an axis: %s %s %s %s', (...q) => {
    expect(distance(rotationToQuaternion(quaternionToRotation(q)), q)).toBeLessThan(1e-15);
  });

  it('multiply as the matrices do', () => {
    fc.assert(
      fc.property(quaternions, quaternions, (a, b) => {
        const product = multiplyHomographies(quaternionToRotation(a), quaternionToRotation(b));
        expect(distance(quaternionToRotation(multiplyQuaternions(a, b)), product)).toBeLessThan(1e-14);
      }),
    );
  });

  it('write a quarter turn about z as cos and sin of an eighth', () => {
    const quarter = Float64Array.of(0, -1, 0, 1, 0, 0, 0, 0, 1);
    expect(distance(rotationToQuaternion(quarter), [Math.SQRT1_2, 0, 0, Math.SQRT1_2])).toBeLessThan(1e-15);
  });

  it('do not drift over 100,000 products', () => {
    const step: Quaternion = [Math.cos(0.01), Math.sin(0.01) * 0.6, Math.sin(0.01) * 0.8, 0];
    let q: Quaternion = [1, 0, 0, 0];
    for (let k = 0; k < 100_000; k++) q = multiplyQuaternions(step, q);
    expect(skewness(quaternionToRotation(q))).toBeLessThan(1e-14);
    expect(distance(q, [Math.cos(1000), Math.sin(1000) * 0.6, Math.sin(1000) * 0.8, 0])).toBeLessThan(1e-9);
  });
});

describe('closestRotation', () => {
  it('returns a rotation unchanged, whatever its scale or sign', () => {
    fc.assert(
      fc.property(quaternions, within(0.1, 10), fc.boolean(), (q, scale, flip) => {
        const r = quaternionToRotation(q);
        const scaled = r.map((value) => value * (flip ? -scale : scale));
        expect(distance(closestRotation(scaled), r)).toBeLessThan(1e-13);
      }),
    );
  });

  it('recovers R from R·P with P symmetric and positive: the polar decomposition', () => {
    fc.assert(
      fc.property(
        quaternions,
        quaternions,
        fc.tuple(within(0.05, 5), within(0.05, 5), within(0.05, 5)),
        (q, axes, s) => {
          const r = quaternionToRotation(q);
          const v = quaternionToRotation(axes);
          const stretch = Float64Array.of(s[0], 0, 0, 0, s[1], 0, 0, 0, s[2]);
          const vt = Float64Array.of(v[0], v[3], v[6], v[1], v[4], v[7], v[2], v[5], v[8]);
          const p = multiplyHomographies(multiplyHomographies(v, stretch), vt);
          expect(distance(closestRotation(multiplyHomographies(r, p)), r)).toBeLessThan(1e-10);
        },
      ),
    );
  });

  it('is no farther away than any other rotation', () => {
    const noise = fc.array(within(-0.3, 0.3), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(quaternions, noise, quaternions, (q, shifts, other) => {
        const matrix = quaternionToRotation(q).map((value, i) => value + shifts[i]);
        const scale = Math.cbrt(determinant(matrix));
        fc.pre(scale > 0.2);
        const unscaled = matrix.map((value) => value / scale);
        const near = multiplyQuaternions(q, [1, other[1] / 20, other[2] / 20, other[3] / 20]);
        const found = distance(closestRotation(matrix), unscaled);
        expect(found).toBeLessThanOrEqual(distance(quaternionToRotation(other), unscaled) + 1e-12);
        expect(found).toBeLessThanOrEqual(distance(quaternionToRotation(near), unscaled) + 1e-12);
      }),
    );
  });

  it('refuses a matrix without one', () => {
    expect(() => closestRotation(new Float64Array(9))).toThrow(/invertible 3×3 matrix/);
    expect(() => closestRotation(new Float64Array(9).fill(Number.NaN))).toThrow(/invertible 3×3 matrix/);
  });
});

describe('homographyToRotation', () => {
  it('finds the turn of a camera that only turned', () => {
    fc.assert(
      fc.property(quaternions, within(200, 4000), (q, focal) => {
        const [cx, cy] = [959.5, 539.5];
        const r = quaternionToRotation(multiplyQuaternions([1, 0, 0, 0], q));
        const k = Float64Array.of(focal, 0, cx, 0, focal, cy, 0, 0, 1);
        const inverse = Float64Array.of(1 / focal, 0, -cx / focal, 0, 1 / focal, -cy / focal, 0, 0, 1);
        const h = multiplyHomographies(multiplyHomographies(k, r), inverse);
        expect(distance(homographyToRotation(h, focal, cx, cy), r)).toBeLessThan(1e-8);
      }),
    );
  });

  it('takes a shift of the picture for the turn that shifts it as far', () => {
    const r = homographyToRotation(Float64Array.of(1, 0, -30, 0, 1, 0, 0, 0, 1), 2000, 959.5, 539.5);
    const yaw = 2 * Math.asin(rotationToQuaternion(r)[2]);
    expect(Math.abs(yaw)).toBeGreaterThan(0.85 * Math.atan(30 / 2000));
    expect(Math.abs(yaw)).toBeLessThan(1.01 * Math.atan(30 / 2000));
  });

  it('refuses a map that is none', () => {
    expect(() => homographyToRotation(new Float64Array(9), 100, 10, 10)).toThrow(/invertible 3×3 matrix/);
  });
});

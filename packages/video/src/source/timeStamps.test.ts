import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsToTicks, ticksToSeconds, timeStampRepair } from './timeStamps.js';

const MILLISECONDS = { num: 1, den: 1000 };

function repairAll(stamps: readonly (bigint | undefined)[], duration = 40n) {
  const repair = timeStampRepair(MILLISECONDS, 40n);
  return stamps.map((stamp) => repair(stamp, duration));
}

describe('timeStampRepair', () => {
  it('leaves increasing stamps alone', () => {
    expect(repairAll([5n, 45n, 46n, 900n])).toEqual([5n, 45n, 46n, 900n].map((pts) => ({ pts, repaired: false })));
  });

  it('continues at the duration where a stamp is missing', () => {
    expect(repairAll([0n, undefined, 80n]).map(({ pts }) => pts)).toEqual([0n, 40n, 80n]);
    expect(repairAll([0n, undefined], 0n)).toEqual([
      { pts: 0n, repaired: false },
      { pts: 40n, repaired: true },
    ]);
  });

  it('moves a repeated stamp by one tick and returns to the rest', () => {
    expect(repairAll([0n, 40n, 40n, 80n]).map(({ pts }) => pts)).toEqual([0n, 40n, 41n, 80n]);
  });

  it('carries on when the clock starts again', () => {
    expect(repairAll([9000n, 9040n, 0n, 40n, 80n]).map(({ pts }) => pts)).toEqual([9000n, 9040n, 9080n, 9120n, 9160n]);
  });

  it('is strictly increasing whatever comes', () => {
    const stamp = fc.option(fc.bigInt({ min: -100000n, max: 100000n }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(stamp), (stamps) => {
        const repaired = repairAll(stamps).map(({ pts }) => pts);
        for (let i = 1; i < repaired.length; i++) expect(repaired[i]).toBeGreaterThan(repaired[i - 1]);
      }),
    );
  });
});

it('turns seconds to ticks and back', () => {
  expect(secondsToTicks(1001 / 30000, { num: 1, den: 90000 })).toBe(3003n);
  expect(ticksToSeconds(3003n, { num: 1, den: 90000 })).toBeCloseTo(1001 / 30000, 12);
});

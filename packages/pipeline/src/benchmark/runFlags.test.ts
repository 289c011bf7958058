import { describe, expect, it } from 'vitest';
import type { MeasuredRun } from './measuredRun.js';
import { isDisqualified, runFlags } from './runFlags.js';
import { finishedRun } from './testRuns.js';

const { figures } = finishedRun('X/1', 'a');
const run = (warnings: MeasuredRun['report']['warnings'] = []) => ({ report: { warnings } }) as unknown as MeasuredRun;

describe('runFlags', () => {
  it.each([
    [{}, []],
    [{ cropping: 0.49 }, ['collapsed crop']],
    [{ cropping: Number.NaN }, ['collapsed crop']],
    [{ borderShare: 0.1 }, ['black border']],
    [{ borderShare: 1, borderShareIn: 1 }, []],
    [{ jitterIn: 1, jitterOut: 1.07 }, []],
    [{ jitterIn: 1, jitterOut: 1.1 }, ['shakier']],
    [{ jitterIn: null, jitterOut: null }, []],
    [{ unmatchedFrames: 1 }, ['unmatched frames']],
  ])('%j: %j', (changed, expected) => {
    expect(runFlags(run(), { ...figures, ...changed })).toEqual(expected);
  });

  it('a damaged input is told but does not disqualify', () => {
    const flags = runFlags(run([{ code: 'truncated', message: 'cut off' }]), figures);
    expect(flags).toEqual(['damaged input']);
    expect(isDisqualified(flags)).toBe(false);
    expect(isDisqualified(['unmatched frames', 'shakier'])).toBe(true);
  });
});

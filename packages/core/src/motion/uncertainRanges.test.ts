import { describe, expect, it } from 'vitest';
import { identityHomography } from '../geometry/homography.js';
import { type MotionFieldInit, motionField } from './motionField.js';
import { uncertainRanges } from './uncertainRanges.js';

const step = (init: Partial<MotionFieldInit>) =>
  motionField({ size: { width: 64, height: 48 }, homographies: identityHomography(), ...init });

describe('uncertainRanges', () => {
  it('puts neighbours together that were answered alike for one reason', () => {
    const dark = { verdict: 'weak', model: 'identity', reason: 'too dark' } as const;
    const steps = [
      step({}),
      step({ ...dark, confidence: 0.1 }),
      step({ ...dark, confidence: 0 }),
      step({ ...dark, reason: 'too bright' }),
      step({ verdict: 'cut', model: 'identity', reason: 'elsewhere' }),
      step({ verdict: 'duplicate', model: 'identity' }),
      step({ model: 'similarity', confidence: 0.6, reason: 'a wall' }),
      step({ rows: 1, cols: 1, model: 'mesh' }),
      step({ ...dark, confidence: 0.2 }),
    ];
    const times = Float64Array.from([...steps, undefined], (_, i) => i / 10);
    expect(uncertainRanges({ steps, times })).toEqual([
      { first: 2, last: 3, start: 0.2, end: 0.3, ...dark, confidence: 0 },
      { first: 4, last: 4, start: 0.4, end: 0.4, ...dark, reason: 'too bright', confidence: 1 },
      {
        first: 7,
        last: 7,
        start: 0.7,
        end: 0.7,
        model: 'similarity',
        verdict: 'ok',
        reason: 'a wall',
        confidence: 0.6,
      },
      { first: 9, last: 9, start: 0.9, end: 0.9, ...dark, confidence: 0.2 },
    ]);
  });
});

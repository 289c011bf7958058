import { identityHomography } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import type { NativeEstimate } from './addon.js';
import { reasonFor } from './reasonFor.js';

const good: NativeEstimate = {
  homography: identityHomography(),
  model: 'homography',
  verdict: 'ok',
  confidence: 0.9,
  tracked: 200,
  inliers: 180,
  coverage: 0.8,
  cornerSigma: 0.05,
  residual: 0.1,
};

describe('reasonFor', () => {
  it('has nothing to say of a sure homography, or of a repeated frame', () => {
    expect(reasonFor(good)).toBeUndefined();
    expect(reasonFor({ ...good, verdict: 'duplicate', model: 'identity' })).toBeUndefined();
  });

  it.each<[Partial<NativeEstimate>, RegExp]>([
    [{ verdict: 'weak', tracked: 3, inliers: 2 }, /too few corners/],
    [{ verdict: 'weak', model: 'identity', inliers: 0 }, /too few corners/],
    [{ verdict: 'weak', inliers: 30 }, /do not agree/],
    [{ model: 'translation', coverage: 0.02 }, /cover too little/],
    [{ model: 'similarity', cornerSigma: 3 }, /too few or too close/],
    [{ verdict: 'cut', model: 'identity', confidence: 0 }, /found again/],
  ])('names what %o lacks', (lack, reason) => {
    expect(reasonFor({ ...good, ...lack })).toMatch(reason);
  });
});

import type { NativeEstimate } from './addon.js';

/** Corners that must be followed before anything can be said of how they move. */
const FEW = 12;

/** What each part of the confidence lacks when it is below 1; the thresholds are those of `confidenceOf` in native/model-selection. */
function lacks({ tracked, inliers, coverage, cornerSigma }: NativeEstimate): readonly [number, string][] {
  const agreement = Math.min(Math.max((inliers / tracked - 0.1) / 0.4, 0), 1);
  return [
    [Math.sqrt(agreement), 'the corners do not agree on one motion'],
    [Math.sqrt(Math.min(coverage / 0.4, 1)), 'the corners that agree cover too little of the picture'],
    [1 / (1 + cornerSigma ** 2 / 2), 'the corners that agree are too few or too close together to be exact'],
  ];
}

/** Why an answer is weak, a cut, or simpler than a homography; `undefined` where it is none of these. */
export function reasonFor(result: NativeEstimate): string | undefined {
  const { verdict, model, tracked, inliers } = result;
  if (verdict === 'duplicate' || (verdict === 'ok' && model === 'homography')) return undefined;
  if (verdict === 'cut') return 'next to nothing of the picture before was found again';
  if (tracked < FEW || inliers === 0) return 'too few corners could be followed';
  return [...lacks(result)].sort(([a], [b]) => a - b)[0][1];
}

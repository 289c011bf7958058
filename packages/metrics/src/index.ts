export { type BorderReference, blackBorderFraction } from './blackBorderFraction.js';
export { type CornerJitter, cornerJitter } from './cornerJitter.js';
export { croppingRatio } from './croppingRatio.js';
export { describeEvaluation, type EvaluationRow } from './describeEvaluation.js';
export { type DistortionSummary, type DistortionValue, distortionValue } from './distortionValue.js';
export { type EvaluateOptions, type EvaluateProgress, evaluateClip } from './evaluateClip.js';
export type {
  BorderSummary,
  ClipSteadiness,
  Evaluation,
  EvaluationSeries,
  UnmatchedFrame,
} from './evaluation.js';
export type { UnmatchedReason } from './frameAligner.js';
export { type LumaImage, lumaImage } from './lumaImage.js';
export { meanAverageCornerError } from './meanAverageCornerError.js';
export type { MotionStep } from './motionStep.js';
export { type Quartiles, quartiles } from './quartiles.js';
export { type StabilityDefinition, type StabilityScore, stabilityScore } from './stabilityScore.js';
export { type PlanSummary, summarizePlan } from './summarizePlan.js';
export { robustHomography } from './tracking/robustHomography.js';
export { trackBetween } from './tracking/trackBetween.js';
export { type BandDisplacement, type TrackedClip, type Wobble, WobbleMeter } from './wobble/wobbleMeter.js';

export { type BorderReference, blackBorderFraction } from './blackBorderFraction.js';
export { type CornerJitter, cornerJitter } from './cornerJitter.js';
export { croppingRatio } from './croppingRatio.js';
export { type DistortionSummary, type DistortionValue, distortionValue } from './distortionValue.js';
export { describeEvaluation, type EvaluationRow } from './evaluate/describeEvaluation.js';
export { type EvaluateOptions, type EvaluateProgress, evaluateClip } from './evaluate/evaluateClip.js';
export type {
  BorderSummary,
  ClipSteadiness,
  Evaluation,
  EvaluationSeries,
  UnmatchedFrame,
} from './evaluate/evaluation.js';
export type { UnmatchedReason } from './evaluate/frameAligner.js';
export type { MotionStep } from './evaluate/motionStep.js';
export { type PlanSummary, summarizePlan } from './evaluate/summarizePlan.js';
export { type LumaImage, lumaImage } from './image/lumaImage.js';
export { meanAverageCornerError } from './meanAverageCornerError.js';
export { type Quartiles, quartiles } from './quartiles.js';
export { type StabilityDefinition, type StabilityScore, stabilityScore } from './stabilityScore.js';
export { robustHomography } from './tracking/robustHomography.js';
export { trackBetween } from './tracking/trackBetween.js';
export { type BandDisplacement, type TrackedClip, type Wobble, WobbleMeter } from './wobble/wobbleMeter.js';

export { type AnalyzeFileOptions, type AnalyzeFileResult, analyzeFile } from './analyzeFile.js';
export { type BatchPlan, isBatch, planBatch } from './batch/planBatch.js';
export { type BatchOutcome, type StabilizeFilesOptions, stabilizeFiles } from './batch/stabilizeFiles.js';
export { DECODER_CHOICES, type DecoderChoice } from './clip/decoderChoice.js';
export type { FramePlacement } from './clip/openClip.js';
export type { JobOptions } from './engine/engine.js';
export { type EvaluateFileOptions, evaluateFile } from './evaluateFile.js';
export { type InterpolateFileOptions, interpolateFile } from './interpolateFile.js';
export type { InterpolateSummary } from './jobs/interpolateJob.js';
export type { JobWarning } from './jobs/jobParts.js';
export type { RenderSummary } from './jobs/renderJob.js';
export { type JoinFilesOptions, joinFiles } from './joinFiles.js';
export { type PlanMotionOptions, planMotion } from './planMotion.js';
export type { OnProgress, StageProgress } from './progress.js';
export { type RenderFileOptions, renderFile } from './renderFile.js';
export { checkOnePass } from './stabilize/checkOnePass.js';
export { parseRegion, REGION_FORM } from './stabilize/regions.js';
export {
  DEFAULT_SETTINGS,
  type PartialSettings,
  type Settings,
  SHARED_SETTINGS,
  withDefaults,
} from './stabilize/settings.js';
export type { StabilizeSummary } from './stabilize/stabilizeSummary.js';
export { type StabilizeFileOptions, type StabilizeFileResult, stabilizeFile } from './stabilizeFile.js';

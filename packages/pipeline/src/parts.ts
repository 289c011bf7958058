export { checkOutputFile, writeWhole } from './checkedOutput.js';
export { type ClipFrames, type ClipFramesOptions, type FramePlacement, openClip } from './clip/openClip.js';
export { type NamedSmoother, type WorkerPlan, workerPlan } from './engine/workerPlan.js';
export {
  ESTIMATOR_PACKAGES,
  estimators,
  loadSeparate,
  SEPARATE_ESTIMATORS,
  type SeparateEstimator,
} from './estimators.js';
export { createReferee } from './jobs/evaluateJob.js';
export { runtimeInfo } from './jobs/jobParts.js';
export { type MosaicRun, mosaicRun } from './mosaic/mosaicRun.js';
export type { MosaicSettings } from './mosaic/mosaicSettings.js';
export { type MosaicSummary, mosaicSummary } from './mosaic/mosaicSummary.js';
export { smootherFor } from './stabilize/smootherFor.js';

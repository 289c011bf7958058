export { checkOutputFile, writeWhole } from './checkedOutput.js';
export { type ClipFrames, type ClipFramesOptions, type FramePlacement, openClip } from './clip/clipFrames.js';
export { DECODER_CHOICES, type DecoderChoice } from './clip/decoderChoice.js';
export { type DeviceClip, type DeviceClipOptions, openDeviceClip } from './clip/deviceClip.js';
export {
  ESTIMATOR_PACKAGES,
  estimators,
  loadSeparate,
  SEPARATE_ESTIMATORS,
  type SeparateEstimator,
} from './estimators.js';
export { createReferee, type EvaluateFilesOptions, evaluateFiles } from './evaluate/evaluateFiles.js';
export { type MosaicRun, mosaicRun } from './mosaic/mosaicRun.js';
export type { MosaicSettings } from './mosaic/mosaicSettings.js';
export { type MosaicSummary, mosaicSummary } from './mosaic/mosaicSummary.js';
export type { OnProgress, StageProgress } from './progress.js';
export { checkOnePass } from './stabilize/checkOnePass.js';
export type { RunFiles } from './stabilize/runFiles.js';
export { DEFAULT_SETTINGS, type PartialSettings, type Settings, withDefaults } from './stabilize/settings.js';
export { smootherFor } from './stabilize/smootherFor.js';
export { runtimeInfo, type StabilizeRun, stabilizeRun } from './stabilize/stabilizeRun.js';
export { type StabilizeSummary, stabilizeSummary } from './stabilize/stabilizeSummary.js';
export type { ChosenDecoder } from './thread/decodeMessages.js';
export type { EncodeOptions } from './thread/encodeMessages.js';
export type { NamedSmoother } from './thread/planMessages.js';
export { type ThreadPlan, threadPlan } from './thread/threadPlan.js';
export { createThreadSink } from './thread/threadSink.js';

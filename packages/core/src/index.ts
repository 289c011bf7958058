export { type AnalyzeOptions, analyze } from './analyze.js';
export { type AnalysisPart, type AnalyzePartOptions, analyzePart } from './analyzePart.js';
export { type Breather, createBreather } from './breather.js';
export { type CameraPath, PARAMETERS_PER_FRAME, PATH_PARAMETERS } from './cameraPath.js';
export { checkedEstimate, type EstimateLimits } from './checkedEstimate.js';
export { checkedSmooth } from './checkedSmooth.js';
export { checkFrame, checkPair, type PlanesRead } from './checkFrame.js';
export { chooseDevice, type DeviceName, deviceProblem } from './chooseDevice.js';
export { type ClipMotion, globalHomography, largestCornerShift, type Shot, shotsOf } from './clipMotion.js';
export {
  type BudgetConstraints,
  budgetConstraints,
  type CropBudget,
  cropBudget,
  cropWindowCorners,
  distortionLimit,
  staysInside,
} from './cropBudget.js';
export type { CudaArray } from './cudaArray.js';
export type { CudaDevice, CudaReport } from './cudaReport.js';
export { deviceErrorOf, isDeviceError } from './deviceError.js';
export { GimbalError, type GimbalErrorCode, throwIfAborted } from './errors.js';
export type { EstimateOptions, Estimator } from './estimator.js';
export type { DeviceFailure, Fallback } from './fallback.js';
export type { CudaFrame, Frame, HostFrame, PixelFormat, Plane, Size } from './frame.js';
export type { FrameSink } from './frameSink.js';
export type { ClipInfo, FrameSource, FramesOptions, SourceWarning } from './frameSource.js';
export { framesUnderWay } from './framesUnderWay.js';
export { fitHomography } from './geometry/dlt.js';
export { homographyFromCorners } from './geometry/fourCorner.js';
export {
  applyHomography,
  composeHomographies,
  cornerError,
  determinant,
  frameCorners,
  type Homography,
  identityHomography,
  invertHomography,
  multiplyHomographies,
  normalizeHomography,
  rescaleHomography,
  scalingHomography,
  translationHomography,
} from './geometry/homography.js';
export {
  homographyToParameters,
  parameterFields,
  parameterRadius,
  parametersToHomography,
} from './geometry/motionParameters.js';
export {
  closestRotation,
  homographyToRotation,
  multiplyQuaternions,
  type Quaternion,
  quaternionToRotation,
  type Rotation,
  rotationToQuaternion,
} from './geometry/rotation.js';
export { type GrayFrameOptions, grayFrame } from './grayFrame.js';
export { type LookAheadOptions, type LookAheadPlan, lookAheadPlan, type MotionStretch } from './lookAheadPlan.js';
export { lowerEnvelope } from './lowerEnvelope.js';
export {
  applyMotionField,
  cellHomography,
  MODELS,
  type MotionField,
  type MotionFieldInit,
  motionField,
  VERDICTS,
  type Verdict,
} from './motionField.js';
export { parseMotion, serializeMotion } from './motionRecord.js';
export { GRAY, YUV420P } from './pixelFormats.js';
export {
  type BorderMode,
  DEFAULT_MAX_CROP,
  type PlanOptions,
  planCorrections,
  type RenderPlan,
} from './planCorrections.js';
export { parsePlan, serializePlan } from './planRecord.js';
export {
  type EstimatorContext,
  type EstimatorPlugin,
  PLUGIN_API_VERSION,
  type RuntimeInfo,
  type SmootherPlugin,
  type Support,
} from './plugin.js';
export {
  checkPlugin,
  checkSmootherPlugin,
  estimatorOf,
  fingerprintOf,
  smootherOf,
  supportOf,
} from './pluginContract.js';
export type { OnProgress, Progress } from './progress.js';
export { pullBack } from './pullBack.js';
export { createRecentFrames, KEPT_FRAMES, type RecentFrames } from './recentFrames.js';
export type { FrameRange } from './renderClip.js';
export { globalWarp, type Renderer, type RenderOptions, type Warp } from './renderer.js';
export { type RenderedFrames, type RenderPlannedOptions, renderPlanned } from './renderPlanned.js';
export { shotCorrections } from './shotCorrections.js';
export { type ShotPath, shotPath } from './shotPath.js';
export type { Smoother, SmoothOptions } from './smoother.js';
export { stabilize } from './stabilize.js';
export type { LookAhead, StabilizeOptions, StabilizeResult, StageSeconds } from './stabilizeOptions.js';
export { stillWindow, type Window } from './stillWindow.js';
export { type CameraPose, type CameraTrajectory, cameraTrajectory, type TrajectoryOptions } from './trajectory.js';
export { type ColmapFiles, trajectoryColmap } from './trajectoryColmap.js';
export { trajectoryJson } from './trajectoryJson.js';
export { isUncertain, type UncertainRange, uncertainRanges } from './uncertainRanges.js';
export { uncoveredShare } from './uncoveredShare.js';
export type { ZoomMode } from './zoom.js';

export { GimbalError, type GimbalErrorCode, throwIfAborted } from './errors.js';
export { checkFrame, checkPair, type PlanesRead } from './frame/checkFrame.js';
export type { CudaArray } from './frame/cudaArray.js';
export type { CudaFrame, Frame, HostFrame, PixelFormat, Plane, Size } from './frame/frame.js';
export type { FrameSink } from './frame/frameSink.js';
export type { ClipInfo, FrameSource, FramesOptions, SourceWarning } from './frame/frameSource.js';
export { type GrayFrameOptions, grayFrame } from './frame/grayFrame.js';
export { GRAY, YUV420P } from './frame/pixelFormats.js';
export { createRecentFrames, KEPT_FRAMES, type RecentFrames } from './frame/recentFrames.js';
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
export { type AnalyzeOptions, analyze } from './motion/analyze.js';
export { type AnalysisPart, type AnalyzePartOptions, analyzePart } from './motion/analyzePart.js';
export { checkedEstimate, type EstimateLimits } from './motion/checkedEstimate.js';
export { type ClipMotion, globalHomography, largestCornerShift, type Shot, shotsOf } from './motion/clipMotion.js';
export type { EstimateOptions, Estimator } from './motion/estimator.js';
export {
  applyMotionField,
  cellHomography,
  MODELS,
  type MotionField,
  type MotionFieldInit,
  motionField,
  VERDICTS,
  type Verdict,
} from './motion/motionField.js';
export { parseMotion, serializeMotion } from './motion/motionRecord.js';
export {
  type CameraPose,
  type CameraTrajectory,
  cameraTrajectory,
  type TrajectoryOptions,
} from './motion/trajectory.js';
export { type ColmapFiles, trajectoryColmap } from './motion/trajectoryColmap.js';
export { trajectoryJson } from './motion/trajectoryJson.js';
export { isUncertain, type UncertainRange, uncertainRanges } from './motion/uncertainRanges.js';
export { type CameraPath, PARAMETERS_PER_FRAME, PATH_PARAMETERS } from './path/cameraPath.js';
export { checkedSmooth } from './path/checkedSmooth.js';
export { type ShotPath, shotPath } from './path/shotPath.js';
export type { Smoother, SmoothOptions } from './path/smoother.js';
export { attenuateToBudget } from './plan/attenuateToBudget.js';
export {
  type BudgetConstraints,
  budgetConstraints,
  type CropBudget,
  cropBudget,
  cropWindowCorners,
  distortionLimit,
  staysInside,
} from './plan/cropBudget.js';
export { lowerEnvelope } from './plan/lowerEnvelope.js';
export { type LookAheadOptions, type MotionRange, type OnlinePlanner, onlinePlanner } from './plan/onlinePlanner.js';
export {
  type BorderMode,
  DEFAULT_MAX_CROP,
  type PlanOptions,
  planCorrections,
  type RenderPlan,
} from './plan/planCorrections.js';
export { parsePlan, serializePlan } from './plan/planRecord.js';
export { shotCorrections } from './plan/shotCorrections.js';
export { staticCrop, type Window } from './plan/staticCrop.js';
export { uncoveredShare } from './plan/uncoveredShare.js';
export type { ZoomMode } from './plan/zoom.js';
export {
  type EstimatorContext,
  type EstimatorPlugin,
  PLUGIN_API_VERSION,
  type RuntimeInfo,
  type SmootherPlugin,
  type Support,
} from './plugin/plugin.js';
export {
  checkPlugin,
  checkSmootherPlugin,
  estimatorOf,
  fingerprintOf,
  smootherOf,
  supportOf,
} from './plugin/pluginContract.js';
export { type Breather, createBreather } from './run/breather.js';
export { chooseDevice, type DeviceName, deviceProblem } from './run/chooseDevice.js';
export type { CudaDevice, CudaReport } from './run/cudaReport.js';
export { deviceErrorOf, isDeviceError } from './run/deviceError.js';
export type { DeviceFailure, Fallback } from './run/failover.js';
export { framesInFlight } from './run/framesInFlight.js';
export type { OnProgress, Progress } from './run/progress.js';
export type { FrameRange } from './run/renderClip.js';
export { globalWarp, type Renderer, type RenderOptions, type Warp } from './run/renderer.js';
export { type RenderedFrames, type RenderPlannedOptions, renderPlanned } from './run/renderPlanned.js';
export { stabilize } from './run/stabilize.js';
export type { LookAhead, StabilizeOptions, StabilizeResult, StageSeconds } from './run/stabilizeOptions.js';

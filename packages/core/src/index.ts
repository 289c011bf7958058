export { GimbalError, type GimbalErrorCode, throwIfAborted } from './errors.js';
export { checkFrame, checkPair } from './frame/checkFrame.js';
export type { CudaArray } from './frame/cudaArray.js';
export type { CudaFrame, Frame, HostFrame, PixelFormat, Plane, Size } from './frame/frame.js';
export type { FrameSink } from './frame/frameSink.js';
export type { ClipInfo, FrameSource, FramesOptions, SourceWarning } from './frame/frameSource.js';
export { grayFrame } from './frame/grayFrame.js';
export { GRAY, YUV420P } from './frame/pixelFormats.js';
export { createRecentFrames, KEPT_FRAMES } from './frame/recentFrames.js';
export type { Homography } from './geometry/homography.js';
export { type AnalyzeOptions, analyze } from './motion/analyze.js';
export { analyzePart } from './motion/analyzePart.js';
export { checkedEstimate, type EstimateLimits } from './motion/checkedEstimate.js';
export { type ClipMotion, globalHomography, type Shot, shotsOf } from './motion/clipMotion.js';
export type { EstimateOptions, Estimator } from './motion/estimator.js';
export {
  applyMotionField,
  MODELS,
  type MotionField,
  motionField,
  VERDICTS,
  type Verdict,
} from './motion/motionField.js';
export { parseMotion, serializeMotion } from './motion/motionRecord.js';
export {
  type CameraTrajectory,
  cameraTrajectory,
} from './motion/trajectory.js';
export { isUncertain, type UncertainRange, uncertainRanges } from './motion/uncertainRanges.js';
export { type CameraPath, PARAMETERS_PER_FRAME } from './path/cameraPath.js';
export { shotPath } from './path/shotPath.js';
export type { Smoother, SmoothOptions } from './path/smoother.js';
export { attenuateToBudget } from './plan/attenuateToBudget.js';
export {
  type BudgetConstraints,
  budgetConstraints,
  type CropBudget,
  cropBudget,
  staysInside,
} from './plan/cropBudget.js';
export {
  type LookAheadOptions,
  type MotionRange,
  type OnlinePlanner,
  onlinePlanner,
} from './plan/onlinePlanner.js';
export {
  DEFAULT_MAX_CROP,
  planCorrections,
  type RenderPlan,
} from './plan/planCorrections.js';
export { parsePlan, serializePlan } from './plan/planRecord.js';
export { uncoveredShare } from './plan/uncoveredShare.js';
export {
  type EstimatorContext,
  type EstimatorPlugin,
  PLUGIN_API_VERSION,
  type RuntimeInfo,
  type SmootherPlugin,
  type Support,
} from './plugin/plugin.js';
export type { DeviceName } from './run/chooseDevice.js';
export type { Fallback } from './run/failover.js';
export type { Progress } from './run/progress.js';
export type { FrameRange } from './run/renderClip.js';
export { globalWarp, type Renderer, type RenderOptions, type Warp } from './run/renderer.js';
export { renderPlanned } from './run/renderPlanned.js';
export { stabilize } from './run/stabilize.js';
export type { LookAhead, StabilizeOptions, StabilizeResult, StageSeconds } from './run/stabilizeOptions.js';

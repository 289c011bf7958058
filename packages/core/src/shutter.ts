export type { FrameDecision } from './plan/onlinePlanner.js';
export { Parts } from './run/failover.js';
export { type RectifyFrames, type RectifyOptions, rectifyMeasured } from './run/remeasure.js';
export type { ClipReadouts } from './shutter/fitReadouts.js';
export { readoutWarp } from './shutter/readoutWarp.js';
export {
  READOUT_NODES,
  type ReadoutMotion,
  type RectifiedClip,
  type RollingShutter,
} from './shutter/rollingShutter.js';
export type { KnownMotion, RectifiedMotion, ShutterFollower, ShutterModel } from './shutter/shutterModel.js';

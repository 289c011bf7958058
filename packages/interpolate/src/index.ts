export { addonInfo } from './addon.js';
export { type CameraInterpolatorOptions, createCameraInterpolator } from './cameraInterpolator.js';
export {
  type InterpolatedSource,
  type InterpolateOptions,
  type InterpolationStatistics,
  interpolate,
} from './interpolate.js';
export type {
  FramePair,
  Interpolator,
  InterpolatorCallOptions,
  InterpolatorPlugin,
  MadeFrame,
  PreparedPair,
} from './interpolator.js';
export { createLiteInterpolator, type LiteInterpolatorOptions } from './liteInterpolator.js';
export {
  type CreatedInterpolator,
  type CreateInterpolatorOptions,
  createInterpolator,
  INTERPOLATORS,
} from './plugin.js';
export { frameRateOf, type Rational } from './rational.js';

export { fitHomography } from './geometry/dlt.js';
export { homographyFromCorners } from './geometry/fourCorner.js';
export {
  applyHomography,
  composeHomographies,
  cornerError,
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

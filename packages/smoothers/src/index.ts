export { type FreeSmoothing, smootherWithinBudget } from './budget/withinBudget.js';
export { createSmoother, type SmootherName, smootherNames } from './createSmoother.js';
export { gaussian } from './gaussian.js';
export { kalmanRts } from './kalmanRts.js';
export { l1Optimal } from './l1Optimal.js';
export { l1Tv } from './l1Tv.js';
export { minAcceleration } from './minAcceleration.js';
export { DEFAULT_STRENGTH, type SmootherOptions } from './strength.js';
export { tripod } from './tripod.js';

export { createIhnEstimator } from './ihnEstimator.js';
export { type IhnOptions, type NetworkOptions, type Provider, parseIhnOptions } from './ihnOptions.js';
export type { LearnedEstimator, LearnedTrace } from './learnedEstimator.js';
export { type IhnRuntime, ihnRuntime } from './network/ihnRuntime.js';
export { type OnnxRuntime, onnxRuntime } from './network/onnxRuntime.js';
export { ihnPlugin, ihnPlugin as default } from './plugin.js';
export { createRegression } from './regressionEstimator.js';
export type { EstimatorStatistics } from './statistics.js';

export { createIhnEstimator } from './ihnEstimator.js';
export { type IhnOptions, type NetworkOptions, type Provider, parseIhnOptions } from './ihnOptions.js';
export { type LearnedEstimator, type LearnedTrace, learnedEstimator } from './learnedEstimator.js';
export { type IhnRuntime, ihnRuntime } from './network/ihnRuntime.js';
export { type OnnxRuntime, onnxRuntime } from './network/onnxRuntime.js';
export type { NetworkPass, PairNetwork, Question } from './network/pairNetwork.js';
export { type PhotometricPair, refinePhotometric } from './photometric/photometricRefinement.js';
export { ihnPlugin, ihnPlugin as default } from './plugin.js';
export type { EstimatorStatistics } from './statistics.js';

export type { TensorInfo } from './addon.js';
export { addonInfo } from './addon.js';
export { loadNetwork, type Network, type RunRequest } from './loadNetwork.js';
export type { NetworkInput, NetworkOptions, Precision } from './networkOptions.js';

export type { TensorInfo } from './addon.js';
export { addonInfo } from './addon.js';
export type { Network, NetworkInput, NetworkOptions, Precision, RunRequest } from './loadNetwork.js';
export { loadNetwork } from './loadNetwork.js';

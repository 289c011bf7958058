export { type DiscoveredPlugin, discoverPlugins } from './plugin/node/discoverPlugins.js';
export { findSmoother } from './plugin/node/findSmoother.js';
export { isPath as isPluginPath, pluginFolder } from './plugin/node/pluginModule.js';
export { createRegistry, type Registry, type ResolveOptions } from './plugin/node/registry.js';
export {
  checkPlugin,
  checkSmootherPlugin,
  estimatorOf,
  fingerprintOf,
  smootherOf,
  supportOf,
} from './plugin/pluginContract.js';

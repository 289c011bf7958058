export { type DiscoveredPlugin, discoverPlugins } from './plugins/discoverPlugins.js';
export { findSmoother } from './plugins/findSmoother.js';
export { isPath as isPluginPath, pluginFolder } from './plugins/pluginModule.js';
export { createRegistry, type Registry, type ResolveOptions } from './plugins/registry.js';

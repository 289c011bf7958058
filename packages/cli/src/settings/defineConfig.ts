import type { PartialSettings } from './settings.js';

/**
 * What `gimbal.config.{ts,js,mjs,json}` may say: any setting of `gimbal stabilize` under its long name in camel case. In a script,
 * `estimator` may be the plug-in object itself.
 */
export type GimbalConfig = PartialSettings;

/** Returns its argument; it is there so that an editor knows the keys of a config file. */
export function defineConfig(config: GimbalConfig): GimbalConfig {
  return config;
}

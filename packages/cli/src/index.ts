export { EXIT_CODE_MEANINGS, EXIT_CODES, type ExitCode } from './program/exitCodes.js';
export { defineConfig, type GimbalConfig } from './settings/defineConfig.js';

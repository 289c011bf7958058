export { defineConfig, type GimbalConfig } from './defineConfig.js';
export { EXIT_CODE_MEANINGS, EXIT_CODES, type ExitCode } from './exitCodes.js';

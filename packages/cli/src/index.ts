export type { ChosenDecoder } from './decodeMessages.js';
export { DECODER_CHOICES, type DecoderChoice } from './decoderChoice.js';
export { defineConfig, type GimbalConfig } from './defineConfig.js';
export { type DeviceClip, type DeviceClipOptions, openDeviceClip } from './deviceClip.js';
export type { EncodeOptions } from './encodeMessages.js';
export { EXIT_CODE_MEANINGS, EXIT_CODES, type ExitCode } from './exitCodes.js';
export type { NamedSmoother } from './planMessages.js';
export { type ThreadPlan, threadPlan } from './threadPlan.js';
export { createThreadSink } from './threadSink.js';

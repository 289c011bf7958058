import { GimbalError, type GimbalErrorCode } from '@gimbal/core';

/** Exit codes. The numbers never change their meaning. */
export const EXIT_CODES = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  input: 3,
  output: 4,
  estimator: 5,
  device: 6,
  truncated: 7,
  partial: 8,
  interrupted: 130,
} as const;

/** One of {@link EXIT_CODES}. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The table that `--help` prints. */
export const EXIT_CODE_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [0, 'done'],
  [1, 'unexpected failure (a bug: please report it)'],
  [2, 'wrong command line, option or config file'],
  [3, 'the input is missing, unreadable, not a video, or cannot be matched'],
  [4, 'the output cannot be written (exists, no permission, disk full, encoder)'],
  [5, 'the estimator or a plug-in failed, timed out or was not found'],
  [6, 'the device or a native addon is not available, failed, or ran out of memory'],
  [7, 'the input was damaged; the output holds what could be decoded (0 with --allow-truncated)'],
  [8, 'some of several clips, or some runs of a benchmark, failed; they are listed, the others are done'],
  [130, 'interrupted; nothing unfinished was left behind'],
];

/** The same as `--help` shows it. */
export const EXIT_CODE_HELP = `
Exit codes:
${EXIT_CODE_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`).join('\n')}
`;

const CODES: Record<GimbalErrorCode, ExitCode> = {
  GIMBAL_E_INVALID_ARGUMENT: EXIT_CODES.usage,
  GIMBAL_E_CONFIG: EXIT_CODES.usage,
  GIMBAL_E_MOTION_FILE: EXIT_CODES.input,
  GIMBAL_E_INPUT_NOT_FOUND: EXIT_CODES.input,
  GIMBAL_E_INPUT_UNREADABLE: EXIT_CODES.input,
  GIMBAL_E_INPUT_NOT_VIDEO: EXIT_CODES.input,
  GIMBAL_E_INPUT_UNSUPPORTED: EXIT_CODES.input,
  GIMBAL_E_INPUT_TRUNCATED: EXIT_CODES.input,
  GIMBAL_E_UNMATCHED: EXIT_CODES.input,
  GIMBAL_E_OUTPUT_EXISTS: EXIT_CODES.output,
  GIMBAL_E_OUTPUT_IS_INPUT: EXIT_CODES.output,
  GIMBAL_E_OUTPUT_UNWRITABLE: EXIT_CODES.output,
  GIMBAL_E_DISK_FULL: EXIT_CODES.output,
  GIMBAL_E_ENCODE: EXIT_CODES.output,
  GIMBAL_E_DEVICE_UNAVAILABLE: EXIT_CODES.device,
  GIMBAL_E_DEVICE_MEMORY: EXIT_CODES.device,
  GIMBAL_E_DEVICE_LOST: EXIT_CODES.device,
  GIMBAL_E_CUDA: EXIT_CODES.device,
  GIMBAL_E_ADDON: EXIT_CODES.device,
  GIMBAL_E_WEIGHTS: EXIT_CODES.estimator,
  GIMBAL_E_PLUGIN_NOT_FOUND: EXIT_CODES.estimator,
  GIMBAL_E_PLUGIN_INVALID: EXIT_CODES.estimator,
  GIMBAL_E_PLUGIN_API_VERSION: EXIT_CODES.estimator,
  GIMBAL_E_PLUGIN_FAILED: EXIT_CODES.estimator,
  GIMBAL_E_PLUGIN_TIMEOUT: EXIT_CODES.estimator,
  GIMBAL_E_CANCELLED: EXIT_CODES.interrupted,
};

/** The exit code that goes with an error; anything that is not a GimbalError is unexpected. */
export function exitCodeFor(error: unknown): ExitCode {
  return GimbalError.isInstance(error) ? (CODES[error.code] ?? EXIT_CODES.unexpected) : EXIT_CODES.unexpected;
}

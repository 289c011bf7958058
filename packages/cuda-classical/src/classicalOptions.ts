import { type DeviceName, GimbalError } from '@gimbal/core';

/** How the classical estimator works; everything has a default. */
export interface ClassicalOptions {
  /** Longer side in pixels of the picture that is analysed (frames are never enlarged): 32 to 4096, default 640. */
  readonly analysisSize?: number;
  /** Corners followed per frame: 16 to 4000, default 400. */
  readonly corners?: number;
  /** Threads of one estimate: 1 to 64, default 1. The answer does not depend on it. */
  readonly threads?: number;
  /** Seed of the random samples: 0 to 2³²−1, default 1. The same seed gives the same answer. */
  readonly seed?: number;
  /**
   * Whether a pair remembers which parts of the picture moved with the camera in the pair before (default true). It keeps the answer
   * on one plane of a deep scene; switch it off where pairs are independent of each other.
   */
  readonly continuity?: boolean;
  /** Default `auto`: a CUDA device when the build and the machine have one, otherwise the CPU. */
  readonly device?: DeviceName;
}

const RANGES = {
  analysisSize: [640, 32, 4096],
  corners: [400, 16, 4000],
  threads: [1, 1, 64],
  seed: [1, 0, 0xffffffff],
} as const;

const describe = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));

/**
 * Checks and completes options as they come from a file or the command line.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` naming the option that is unknown or wrong.
 */
export function parseClassicalOptions(raw: unknown): Required<ClassicalOptions> {
  const given = raw ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Options of the classical estimator must be an object, received ${describe(given)}.`,
    );
  }
  const options: Record<string, unknown> = { device: 'auto', continuity: true };
  for (const [key, [fallback]] of Object.entries(RANGES)) options[key] = fallback;
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (key === 'device') options[key] = checkedDevice(value);
    else if (key === 'continuity') options[key] = checkedSwitch(value);
    else options[key] = checkedNumber(key, value);
  }
  return options as unknown as Required<ClassicalOptions>;
}

/** A switch, also as the command line writes it. */
function checkedSwitch(value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Option "continuity" of the classical estimator must be true or false, received ${describe(value)}.`,
  );
}

function checkedNumber(key: string, value: unknown): number {
  if (!Object.hasOwn(RANGES, key)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The classical estimator has no option "${key}"; it has ${Object.keys(RANGES).join(', ')}, continuity and device.`,
    );
  }
  const [, least, most] = RANGES[key as keyof typeof RANGES];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Option "${key}" of the classical estimator must be a whole number from ${least} to ${most}, received ${describe(value)}.`,
    );
  }
  return value;
}

function checkedDevice(value: unknown): string {
  if (typeof value !== 'string' || !/^(auto|cpu|cuda(:\d+)?)$/.test(value)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Option "device" of the classical estimator must be "auto", "cpu", "cuda" or "cuda:N", received ${describe(value)}.`,
    );
  }
  return value;
}

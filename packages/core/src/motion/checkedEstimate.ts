import { GimbalError, throwIfAborted } from '../errors.js';
import type { Frame } from '../frame/frame.js';
import type { EstimateOptions, Estimator } from './estimator.js';
import { MODELS, type MotionField, VERDICTS } from './motionField.js';

/** Limits on one call of an estimator. */
export interface EstimateLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which an answer counts as missing. */
  readonly timeout?: number | undefined;
  /** Passed on to the estimator, see {@link EstimateOptions}. */
  readonly guess?: EstimateOptions['guess'];
}

/**
 * One estimate, with everything checked that a plug-in may get wrong.
 * @throws GimbalError `GIMBAL_E_PLUGIN_TIMEOUT` when no answer comes in time, `GIMBAL_E_PLUGIN_FAILED` when it throws or answers with
 * something that is not a motion field, `GIMBAL_E_CANCELLED` when aborted.
 */
export async function checkedEstimate(
  estimator: Estimator,
  previous: Frame,
  current: Frame,
  limits: EstimateLimits,
): Promise<MotionField> {
  const options = { signal: limits.signal, guess: limits.guess };
  const field = await limited(async () => estimator.estimate(previous, current, options), estimator, current, limits);
  return checked(field, estimator, current);
}

/**
 * Several estimates at once where the estimator offers that; the time that they may take adds up.
 * @param pairs At least one.
 * @throws as {@link checkedEstimate}.
 */
export async function checkedEstimates(
  estimator: Estimator,
  pairs: readonly (readonly [Frame, Frame])[],
  limits: EstimateLimits,
): Promise<MotionField[]> {
  const [previous, first] = pairs[0];
  if (pairs.length === 1) return [await checkedEstimate(estimator, previous, first, limits)];
  const options = { signal: limits.signal, guess: limits.guess };
  const timeout = limits.timeout === undefined ? undefined : limits.timeout * pairs.length;
  const together = async () => estimator.estimateBatch?.(pairs, options);
  const fields = await limited(together, estimator, first, { ...limits, timeout });
  if (!Array.isArray(fields) || fields.length !== pairs.length) {
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_FAILED',
      `Estimator "${estimator.name}" gave ${Array.isArray(fields) ? fields.length : 'no'} answers for ${pairs.length} pairs at frame ${first.index}.`,
    );
  }
  return fields.map((field, i) => checked(field, estimator, pairs[i][1]));
}

/** The answer of a call that ends in time; a plug-in's own error becomes one of ours. */
async function limited<T>(
  call: () => Promise<T>,
  { name }: Estimator,
  { index }: Frame,
  limits: EstimateLimits,
): Promise<T> {
  throwIfAborted(limits.signal);
  try {
    return await withLimits(call(), name, index, limits);
  } catch (error) {
    if (GimbalError.isInstance(error)) throw error;
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_FAILED',
      `Estimator "${name}" failed at frame ${index}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function checked(field: MotionField, { name }: Estimator, current: Frame): MotionField {
  const problem = whatIsWrong(field, current);
  if (problem === undefined) return field;
  throw new GimbalError('GIMBAL_E_PLUGIN_FAILED', `Estimator "${name}" gave ${problem} at frame ${current.index}.`);
}

/** Settles with the answer, or rejects when time is up or the signal fires, whichever comes first. */
function withLimits<T>(
  answer: Promise<T>,
  name: string,
  index: number,
  { signal, timeout }: EstimateLimits,
): Promise<T> {
  if (signal === undefined && timeout === undefined) return answer;
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    const onAbort = (): void =>
      settle(() => {
        try {
          throwIfAborted(signal);
        } catch (error) {
          reject(error);
        }
      });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeout !== undefined) {
      timer = setTimeout(() => settle(() => reject(late(name, index, timeout))), timeout);
    }
    answer.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}

function late(name: string, index: number, timeout: number): GimbalError {
  return new GimbalError(
    'GIMBAL_E_PLUGIN_TIMEOUT',
    `Estimator "${name}" gave no answer for frame ${index} within ${timeout / 1000} s; raise the timeout or use another estimator.`,
  );
}

function whatIsWrong(field: MotionField | undefined, frame: Frame): string | undefined {
  if (typeof field !== 'object' || field === null) return 'no motion field';
  const { rows, cols, homographies, confidence, verdict, model, size, reason } = field;
  if (!(Number.isInteger(rows) && Number.isInteger(cols) && rows >= 1 && cols >= 1))
    return `a grid of ${rows}×${cols} cells`;
  if (!(homographies instanceof Float64Array)) return 'homographies that are not a Float64Array';
  if (homographies.length !== rows * cols * 9)
    return `a motion field whose ${rows}×${cols} grid does not match its ${homographies.length} numbers`;
  for (const value of homographies) if (!Number.isFinite(value)) return `a homography with ${value} in it`;
  for (let i = 8; i < homographies.length; i += 9)
    if (homographies[i] !== 1) return `a homography with h[8] = ${homographies[i]} instead of 1`;
  if (!(confidence >= 0 && confidence <= 1)) return `a confidence of ${confidence} (expected 0 to 1)`;
  if (!VERDICTS.includes(verdict)) return `the unknown verdict "${verdict}"`;
  if (!MODELS.includes(model)) return `the unknown model "${model}"`;
  if (reason !== undefined && typeof reason !== 'string') return `a reason of type ${typeof reason}`;
  if (size?.width !== frame.width || size.height !== frame.height) {
    return `a motion field for ${size?.width}×${size?.height} pixels although frames have ${frame.width}×${frame.height}`;
  }
  return undefined;
}

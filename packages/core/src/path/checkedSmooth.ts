import { GimbalError, throwIfAborted } from '../errors.js';
import type { CropBudget } from '../plan/cropBudget.js';
import type { CameraPath } from './cameraPath.js';
import { PATH_PARAMETERS } from './cameraPath.js';
import type { Smoother, SmoothOptions } from './smoother.js';

/**
 * One answer of a smoother, with everything checked that a plug-in may get wrong. Whether it keeps to the budget is not: what goes beyond
 * is attenuated afterwards.
 * @throws GimbalError `GIMBAL_E_PLUGIN_FAILED` when it throws, or answers with anything but a finite path of the same frames;
 * `GIMBAL_E_CANCELLED` on abort, also where the smoother takes no notice of it.
 */
export async function checkedSmooth(
  smoother: Smoother,
  path: CameraPath,
  budget: CropBudget,
  options: SmoothOptions = {},
): Promise<CameraPath> {
  const { signal } = options;
  throwIfAborted(signal);
  let smoothed: CameraPath;
  try {
    smoothed = await untilAborted(smoother.smooth(path, budget, options), signal);
  } catch (error) {
    if (GimbalError.isInstance(error)) throw error;
    throw failed(smoother, `failed: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const problem = whatIsWrong(smoothed, path);
  if (problem !== undefined) throw failed(smoother, `gave ${problem}.`);
  return { ...path, parameters: smoothed.parameters };
}

function failed({ name }: Smoother, what: string, cause?: unknown): GimbalError {
  return new GimbalError('GIMBAL_E_PLUGIN_FAILED', `Smoother "${name}" ${what}`, { cause });
}

/** Does not wait longer than the caller wants. */
function untilAborted<T>(answer: Promise<T> | T, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return Promise.resolve(answer);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      try {
        throwIfAborted(signal);
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener('abort', onAbort, { once: true });
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function whatIsWrong(smoothed: CameraPath | undefined, path: CameraPath): string | undefined {
  if (typeof smoothed !== 'object' || smoothed === null) {
    return `no camera path but ${smoothed === null ? 'null' : typeof smoothed}; a smoother returns { ...path, parameters }`;
  }
  const { times, parameters } = smoothed;
  if (!(parameters instanceof Float64Array)) return 'parameters that are not a Float64Array';
  const needed = path.parameters.length;
  if (parameters.length !== needed) {
    return `${parameters.length} parameters for ${path.times.length} frames, which need ${needed}`;
  }
  const bad = parameters.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [frame, name] = [Math.trunc(bad / PATH_PARAMETERS.length), PATH_PARAMETERS[bad % PATH_PARAMETERS.length]];
    return `${parameters[bad]} as ${name} of frame ${frame} (${path.times[frame]?.toFixed(3)} s)`;
  }
  if (times === path.times) return undefined;
  if (!(times instanceof Float64Array) || times.length !== path.times.length) {
    return `${times instanceof Float64Array ? times.length : 'no'} times for ${path.times.length} frames`;
  }
  const moved = times.findIndex((time, i) => time !== path.times[i]);
  return moved < 0
    ? undefined
    : `frame ${moved} at ${times[moved]} s instead of ${path.times[moved]} s; times must stay`;
}

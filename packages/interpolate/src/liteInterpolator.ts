import { cameraMotion } from './cameraMatrices.js';
import type { Interpolator } from './interpolator.js';
import { LiteNetwork } from './network/liteNetwork.js';

/** How {@link createLiteInterpolator} works. */
export interface LiteInterpolatorOptions {
  /** Threads of convolutions and native work; default 2. */
  readonly threads?: number | undefined;
  /** Folder of the weights; default: GIMBAL_INTERPOLATE_WEIGHTS, or this package's own. */
  readonly weights?: string | undefined;
}

/**
 * The network `lite`: the camera's motion first, then the network finds what moves beside it, any moment between two frames. Runs on the CPU
 * by ONNX Runtime.
 * @throws GimbalError `GIMBAL_E_ADDON` without ONNX Runtime or this package's addon, `GIMBAL_E_WEIGHTS`.
 */
export async function createLiteInterpolator({
  threads = 2,
  weights,
}: LiteInterpolatorOptions = {}): Promise<Interpolator> {
  const network = await LiteNetwork.open({ threads, weights });
  return {
    name: 'lite',
    async prepare({ first, second, camera }, { signal } = {}) {
      const motion = cameraMotion(camera, first);
      await network.look(first, second, motion.at(0.5), signal);
      return {
        async make(t, target, options = {}) {
          const [, poor, guarded] = await network.make(first, second, target, {
            matrices: motion.at(t),
            t,
            signal: options.signal,
          });
          return { confidence: 1 - poor, held: guarded };
        },
        close: () => undefined,
      };
    },
    dispose: () => network.close(),
  };
}

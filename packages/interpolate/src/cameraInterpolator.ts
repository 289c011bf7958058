import { throwIfAborted } from '@gimbal/core';
import { bitsOf, loadAddon, type NativePair, planesOf } from './addon.js';
import { cameraMotion } from './cameraMatrices.js';
import { printFinder } from './findPrint.js';
import type { Interpolator } from './interpolator.js';
import { mapShape, sharedMaps } from './maps.js';

/** How {@link createCameraInterpolator} works. */
export interface CameraInterpolatorOptions {
  /** Threads of its native work; default 2. */
  readonly threads?: number | undefined;
}

/**
 * Makes frames with the camera's motion alone: both frames are brought to the moment by the homography of the pair and mixed by time, where
 * both show the place. What moves by itself is seen twice; a scene that the camera merely pans over comes out sharp.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export function createCameraInterpolator({ threads = 2 }: CameraInterpolatorOptions = {}): Interpolator {
  const addon = loadAddon();
  const maps = sharedMaps();
  const prints = printFinder();
  return {
    name: 'camera',
    async prepare({ first, second, camera }) {
      const motion = cameraMotion(camera, first);
      const { rows, columns } = mapShape(first);
      const { seen } = maps.of(first);
      const print = await prints.of(first, second, motion.at(0.5), threads);
      return {
        async make(t, target, { signal } = {}) {
          throwIfAborted(signal);
          const pair: NativePair = [
            planesOf(first),
            planesOf(second),
            bitsOf(first),
            motion.at(t),
            t,
            undefined,
            undefined,
            [0, rows, columns],
            print,
          ];
          const { timed, context } = maps.of(first);
          await addon.fetchPair(...pair, seen, timed, context, threads);
          const [, poor, guarded] = await addon.mixPair(
            ...pair,
            seen,
            timed,
            undefined,
            [0, true],
            planesOf(target),
            threads,
          );
          return { confidence: 1 - poor, held: guarded };
        },
        close: () => undefined,
      };
    },
  };
}

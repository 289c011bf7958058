import type { EstimateOptions, Estimator, Frame, HostFrame } from '@gimbal/core';
import { allocateHostFrame } from '../plane/allocateHostFrame.js';
import { createFrameCopier, type FrameCopier } from './createFrameCopier.js';

/** Frames that stay in host memory: a pair, and a frame that is kept across a gap. */
const KEPT = 4;

/**
 * Makes an estimator that reads host memory accept frames on a device: each is brought over once, through page-locked memory, and stays the
 * same handle for the estimator, so that it prepares it once. An estimator that reads frames on a device itself comes back as it is.
 */
export function withHostFrames(estimator: Estimator): Estimator {
  if (estimator.memory.includes('cuda')) return estimator;
  const copiers = new Map<number, FrameCopier>();
  const brought = new Map<Frame, Promise<HostFrame>>();

  function hostFrame(frame: Frame, room: number): Promise<HostFrame> {
    if (frame.memory === 'host') return Promise.resolve(frame);
    const known = brought.get(frame);
    const host = known ?? download(frame);
    brought.delete(frame);
    brought.set(frame, host);
    // The first is the one that was used longest ago.
    for (const [oldest] of brought) {
      if (brought.size <= Math.max(room, KEPT)) break;
      brought.delete(oldest);
    }
    host.catch(() => brought.delete(frame));
    return host;
  }

  async function download(frame: Frame & { memory: 'cuda' }): Promise<HostFrame> {
    const { device } = frame.planes[0];
    const copier = copiers.get(device) ?? createFrameCopier(device);
    copiers.set(device, copier);
    const host = allocateHostFrame(frame.format, frame, frame);
    await copier.copy(frame, host);
    return host;
  }

  async function hostPairs(pairs: readonly (readonly [Frame, Frame])[]): Promise<[HostFrame, HostFrame][]> {
    const room = 2 * pairs.length;
    return Promise.all(
      pairs.map(async ([a, b]): Promise<[HostFrame, HostFrame]> => {
        const [previous, current] = await Promise.all([hostFrame(a, room), hostFrame(b, room)]);
        return [previous, current];
      }),
    );
  }

  const { estimateBatch, warmup, state, restore } = estimator;
  return {
    name: estimator.name,
    memory: ['host', 'cuda'],
    batch: estimator.batch,
    async estimate(previous, current, options) {
      const [pair] = await hostPairs([[previous, current]]);
      return estimator.estimate(...pair, options);
    },
    ...(warmup && { warmup: warmup.bind(estimator) }),
    ...(estimateBatch && {
      async estimateBatch(pairs: readonly (readonly [Frame, Frame])[], options?: EstimateOptions) {
        return estimateBatch.call(estimator, await hostPairs(pairs), options);
      },
    }),
    ...(state && { state: state.bind(estimator) }),
    ...(restore && { restore: restore.bind(estimator) }),
    async dispose() {
      brought.clear();
      await estimator.dispose?.();
      await Promise.all([...copiers.values()].map((copier) => copier.dispose()));
    },
  };
}

import { type Estimator, GRAY, type HostFrame, type MotionField } from '@gimbal/core';
import { applyHomography, rescaleHomography } from '@gimbal/core/geometry';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { inParallel } from '../options.js';
import { PATCH } from './bins.js';
import { swapBottomCorners } from './networkOrder.js';
import { resizeBilinear } from './picture.js';
import { patchCorners } from './quad.js';
import { patchAt, type RenderedBin } from './renderBin.js';
import type { Answer, Row } from './row.js';

/** Pairs that an estimator is given at the same time. */
const AT_A_TIME = 2;

/** An estimator that can tell how its answer came about, step by step, as those of `@gimbal/ihn` do. */
interface Traced extends Estimator {
  /** Besides the answer: displacements of the corners after each step, in the networks' order, in pixels of 128×128. */
  trace(
    previous: HostFrame,
    current: HostFrame,
  ): Promise<{ readonly field: MotionField; readonly corners?: readonly Float32Array[] }>;
}

/**
 * A row that asks an estimator, with each patch as a frame. An answer that says identity for lack of evidence counts as none. An
 * estimator that traces its steps has a further line for each, `name@1`, `name@2`, …: what the network said then, without
 * the estimator's decision.
 * @param options `zoom`: how many times the patches are enlarged (bilinear) before it sees them, 1 unless told. `steps`: whether there are
 * lines for its steps, true unless told.
 */
export function estimatorRow(
  name: string,
  estimator: Estimator | Traced,
  { zoom = 1, steps: shown = true }: { readonly zoom?: number; readonly steps?: boolean } = {},
): Row {
  const frame = (bin: RenderedBin, i: number, which: 0 | 1) => patchFrame(patchAt(bin, i, which), zoom);
  return {
    async answer(bin) {
      const numbers = bin.pairs.map((_, i) => i);
      const answers = await inParallel(AT_A_TIME, numbers, async (i) => {
        const [first, second] = [frame(bin, i, 0), frame(bin, i, 1)];
        if (!shown || !('trace' in estimator)) return [cornerOffsets(await estimator.estimate(first, second))];
        const { field, corners = [] } = await estimator.trace(first, second);
        return [cornerOffsets(field), ...corners.map(swapBottomCorners)];
      });
      const steps = Math.max(...answers.map((answer) => answer.length));
      return new Map(
        Array.from({ length: steps }, (_, step) => [
          step === 0 ? name : `${name}@${step}`,
          answers.map((answer) => answer[step]),
        ]),
      );
    },
    dispose: () => estimator.dispose?.(),
  };
}

/**
 * Our classical estimator, with as many corners as small pictures bear and without memory of the pair before, which is another scene.
 * @param zoom Likewise: twice enlarged, its windows cover less of the patch, and it answers better than on the patches as they are.
 */
export async function classicalRow(name: string, zoom: number): Promise<Row> {
  return estimatorRow(name, await createClassicalEstimator({ continuity: false, corners: 1000 }), { zoom });
}

/** A patch as a frame in host memory. */
function patchFrame(patch: Uint8Array, zoom: number): HostFrame {
  const size = { width: zoom * PATCH, height: zoom * PATCH };
  const data = zoom === 1 ? patch : resizeBilinear({ width: PATCH, height: PATCH, luma: patch }, size).luma;
  const frame: HostFrame = {
    ...size,
    memory: 'host',
    format: GRAY,
    time: 0,
    index: 0,
    fullRange: true,
    planes: [{ ...size, data, stride: size.width, channels: 1, bytesPerSample: 1 }],
    clone: () => frame,
    close: () => {},
  };
  return frame;
}

/** The answer in the patch's own pixels. */
function cornerOffsets({ homographies, size, model, verdict }: MotionField): Answer {
  if (model === 'identity' && verdict !== 'duplicate') return undefined;
  const h = rescaleHomography(homographies, size, { width: PATCH, height: PATCH });
  const offsets = new Float64Array(8);
  for (let k = 0; k < 8; k += 2) {
    const [x, y] = applyHomography(h, patchCorners[k], patchCorners[k + 1]);
    offsets[k] = x - patchCorners[k];
    offsets[k + 1] = y - patchCorners[k + 1];
  }
  return offsets;
}

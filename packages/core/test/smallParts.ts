import { applyHomography, identityHomography, translationHomography } from '../src/geometry.js';
import {
  type CameraPath,
  type Estimator,
  type EstimatorPlugin,
  type Frame,
  type HostFrame,
  motionField,
  PLUGIN_API_VERSION,
  type Renderer,
  type Smoother,
} from '../src/index.js';

/** Largest shift in pixels that the estimator below looks for. */
const REACH = 4;

function host(frame: Frame): HostFrame {
  if (frame.memory !== 'host') throw new Error('These tests know host memory only.');
  return frame;
}

/** Mean absolute difference of the overlap when the current frame lies shifted by (dx, dy) over the previous one. */
function difference(previous: HostFrame, current: HostFrame, dx: number, dy: number): number {
  const { width, height } = previous;
  const [a, b] = [previous.planes[0].data, current.planes[0].data];
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
    for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
      sum += Math.abs(a[y * width + x] - b[(y + dy) * width + x + dx]);
      count++;
    }
  }
  return sum / count;
}

/** Block matching of the whole frame: small, but a real estimator with real verdicts. */
export const shiftEstimator: Estimator = {
  name: 'shift',
  memory: ['host'],
  async estimate(previous, current) {
    const [a, b] = [host(previous), host(current)];
    let best = { error: difference(a, b, 0, 0), dx: 0, dy: 0 };
    for (let dy = -REACH; dy <= REACH; dy++) {
      for (let dx = -REACH; dx <= REACH; dx++) {
        const error = difference(a, b, dx, dy);
        if (error < best.error) best = { error, dx, dy };
      }
    }
    const size = { width: current.width, height: current.height };
    if (best.error > 12) {
      return motionField({
        size,
        homographies: identityHomography(),
        confidence: 0,
        verdict: 'cut',
        model: 'identity',
      });
    }
    const repeated = best.error === 0 && best.dx === 0 && best.dy === 0;
    return motionField({
      size,
      homographies: translationHomography(best.dx, best.dy),
      verdict: repeated ? 'duplicate' : 'ok',
      model: repeated ? 'identity' : 'translation',
    });
  },
};

/**
 * The shift estimator with a memory: what it says of a pair depends on what it said of the pair before, as with estimators that follow the
 * same objects through a clip. `asked` counts the pairs of every call.
 */
export function rememberingEstimator(batch: number): Estimator & { readonly asked: number[] } {
  const trust = new WeakMap<Frame, number>();
  const asked: number[] = [];
  let known: { readonly index: number; readonly trust: number } | undefined;
  const trustOf = (frame: Frame) => {
    const restored = known?.index === frame.index ? known.trust : 0.5;
    const remembered = trust.get(frame) ?? restored;
    known = undefined;
    return remembered;
  };
  let last: Frame | undefined;
  const answer = async (previous: Frame, current: Frame) => {
    const field = await shiftEstimator.estimate(previous, current);
    const remembered = trustOf(previous) * 0.75 + (current.index % 7) / 40;
    trust.set(current, remembered);
    last = current;
    return { ...field, confidence: remembered };
  };
  return {
    name: 'remembering',
    memory: ['host'],
    batch,
    asked,
    estimate(previous, current) {
      asked.push(1);
      return answer(previous, current);
    },
    async estimateBatch(pairs) {
      asked.push(pairs.length);
      const fields = [];
      for (const [previous, current] of pairs) fields.push(await answer(previous, current));
      return fields;
    },
    state() {
      const told = last && { index: last.index, trust: trust.get(last) };
      return new TextEncoder().encode(JSON.stringify(told ?? null));
    },
    restore(state) {
      known = JSON.parse(new TextDecoder().decode(state)) ?? undefined;
    },
  };
}

export const shiftPlugin: EstimatorPlugin<{ readonly loud: boolean }> = {
  meta: { name: 'shift', version: '1.0.0', apiVersion: PLUGIN_API_VERSION },
  parseOptions(raw) {
    const loud = (raw as { loud?: unknown } | undefined)?.loud ?? false;
    if (typeof loud !== 'boolean') throw new Error('`loud` must be true or false.');
    return { loud };
  },
  supports: ({ device }) => (device === 'cuda' ? 0 : 1),
  create: async ({ loud }) => (loud ? { ...shiftEstimator, name: 'SHIFT' } : shiftEstimator),
};

/** A camera that does not move: the mean of the path, held. */
export const tripod: Smoother = {
  name: 'tripod',
  async smooth(path: CameraPath) {
    const mean = new Float64Array(8);
    const n = path.times.length;
    for (let k = 0; k < n * 8; k++) mean[k % 8] += path.parameters[k] / n;
    return { ...path, parameters: path.parameters.map((_, k) => mean[k % 8]) };
  },
};

/** Bilinear sampling of luma, black outside. */
export const lumaRenderer: Renderer = {
  name: 'luma',
  memory: ['host'],
  async render(source, target, warp) {
    const { width, height, planes } = host(source);
    const { data } = planes[0];
    const painted = host(target).planes[0].data;
    const at = (x: number, y: number): number =>
      x >= 0 && y >= 0 && x < width && y < height ? data[y * width + x] : 0;
    for (let row = 0; row < target.height; row++) {
      for (let col = 0; col < target.width; col++) {
        const [sx, sy] = applyHomography(warp.homographies, col, row);
        const [x, y] = [Math.floor(sx + 1e-9), Math.floor(sy + 1e-9)];
        const [fx, fy] = [Math.max(sx - x, 0), Math.max(sy - y, 0)];
        const top = at(x, y) * (1 - fx) + (fx > 1e-6 ? at(x + 1, y) * fx : 0);
        const below = fy > 1e-6 ? at(x, y + 1) * (1 - fx) + (fx > 1e-6 ? at(x + 1, y + 1) * fx : 0) : 0;
        painted[row * target.width + col] = Math.round(top * (1 - fy) + below * fy);
      }
    }
  },
};

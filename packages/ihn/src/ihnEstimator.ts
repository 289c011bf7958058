import { cornersAtRest } from './gridCorners.js';
import { GRID } from './gridPicture.js';
import { type IhnOptions, parseIhnOptions } from './ihnOptions.js';
import { type LearnedEstimator, learnedEstimator } from './learnedEstimator.js';
import { openNetwork } from './network.js';
import type { Features } from './networkMessages.js';
import type { PairNetwork } from './pairNetwork.js';
import type { PreparedFrame } from './preparedFrames.js';
import { refinementOrder } from './refinementOrder.js';
import { readWeights, scheduleOf } from './weightFiles.js';

/** Expected error in grid pixels from which the finish does the rest: it finds its way from a pixel or two of 640. */
const ENOUGH = 0.1;

/**
 * The iterative homography network, run by ONNX Runtime on a thread of its own. A frame is encoded once; the corners of the whole frame,
 * seen as 128 × 128 pixels, are then refined from coarse features to fine ones. Returns 1×1 motion fields.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong option, `GIMBAL_E_WEIGHTS` when the networks are missing or damaged,
 * `GIMBAL_E_DEVICE_UNAVAILABLE` for an explicit `cuda` that is not there, `GIMBAL_E_ADDON` where ONNX Runtime does not load. `estimate`
 * throws `GIMBAL_E_INVALID_ARGUMENT` for frames of different sizes or in device memory, and `GIMBAL_E_CANCELLED`.
 */
export async function createIhnEstimator(options: IhnOptions = {}): Promise<LearnedEstimator> {
  const settings = parseIhnOptions(options);
  const weights = await readWeights(settings.weights, 'weights');
  const order = refinementOrder(scheduleOf(weights), settings.refinements);
  // Whoever asks for steps gets them.
  const brief = settings.refinements === undefined;
  const enough = settings.finish ? ENOUGH : undefined;
  const names = ['encoder', ...new Set(order.map((stride) => `refine${stride}`))];
  const network = await openNetwork(weights, names, settings);

  /** Once per frame: what is being computed for one pair is waited for by the next. */
  async function encode(frames: readonly PreparedFrame[]): Promise<(Features | undefined)[]> {
    const fresh = [...new Set(frames)].filter((frame) => frame.encoded === undefined);
    if (fresh.length > 0) {
      const pictures = fresh.map(({ key, picture }) => ({ key, gray: picture.gray }));
      const encoded = network.ask({ kind: 'encode', pictures });
      for (const [i, frame] of fresh.entries()) {
        frame.encoded = encoded.then((features) => features[i]);
        frame.encoded.catch(() => {
          frame.encoded = undefined;
        });
      }
    }
    return Promise.all(frames.map(({ encoded }) => encoded));
  }

  const pairs: PairNetwork = {
    provider: network.provider,
    guided: true,
    async look(questions) {
      if (questions.length === 0) return [];
      const features = await encode(questions.flatMap(({ previous, current }) => [previous, current]));
      const answers = await network.ask({
        kind: 'refine',
        pairs: questions.map(({ start }, i) => ({
          previous: features[2 * i] as Features,
          current: features[2 * i + 1] as Features,
          start,
        })),
        order,
        brief,
        enough,
      });
      return answers.map(({ inliers, cells, ...look }) => ({ ...look, inliers: { cells, data: inliers } }));
    },
    async warmup() {
      const key = -1;
      const gray = new Float32Array(GRID * GRID);
      const [features] = await network.ask({ kind: 'encode', pictures: [{ key, gray }] });
      const pairs = [{ previous: features, current: features, start: cornersAtRest() }];
      await network.ask({ kind: 'refine', pairs, order, brief: false });
      await network.ask({ kind: 'forget', keys: [key] });
    },
    forget({ key, encoded }) {
      if (encoded) network.ask({ kind: 'forget', keys: [key] }).catch(() => undefined);
    },
    close: () => network.close(),
  };
  return learnedEstimator('ihn', pairs, settings);
}

import { GimbalError } from '@gimbal/core';
import { isDeviceError } from '@gimbal/core/device';
import { cornersAtRest } from './grid/gridCorners.js';
import { GRID } from './grid/gridPicture.js';
import type { PreparedFrame } from './grid/preparedFrames.js';
import { type IhnOptions, type IhnSettings, parseIhnOptions } from './ihnOptions.js';
import { type LearnedEstimator, learnedEstimator } from './learnedEstimator.js';
import { engineProblem, openEngineNetwork } from './network/engineNetwork.js';
import type { Features } from './network/networkMessages.js';
import { type Network, openNetwork } from './network/openNetwork.js';
import type { PairNetwork } from './network/pairNetwork.js';
import { refinementOrder } from './network/refinementOrder.js';
import { readWeights, scheduleOf, type Weights } from './network/weightFiles.js';

/** Predicted error in grid pixels from which the full-resolution refinement converges: a pixel or two at 640 wide. */
const TOLERANCE = 0.1;

/**
 * The iterative homography network, run by @gimbal/nn on a CUDA device, or by ONNX Runtime on a thread of its own. A frame is encoded once; the corners of the whole frame,
 * seen as 128 × 128 pixels, are then refined from coarse features to fine ones. Returns 1×1 motion fields.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a wrong option, `GIMBAL_E_WEIGHTS` when the networks are missing or damaged,
 * `GIMBAL_E_DEVICE_UNAVAILABLE` for an explicit `cuda` that is not there, `GIMBAL_E_ADDON` where ONNX Runtime does not load. `estimate`
 * throws `GIMBAL_E_INVALID_ARGUMENT` for frames of different sizes or in device memory, and `GIMBAL_E_CANCELLED`.
 */
export async function createIhnEstimator(options: IhnOptions = {}): Promise<LearnedEstimator> {
  const settings = parseIhnOptions(options);
  const weights = await readWeights(settings.weights);
  const order = refinementOrder(scheduleOf(weights), settings.refinements);
  // A number of refinements asked for is kept.
  const earlyStop = settings.refinements === undefined;
  const tolerance = settings.refineAtFullResolution ? TOLERANCE : undefined;
  const names = ['encoder', ...new Set(order.map((stride) => `refine${stride}`))];
  const network = await openOnBest(weights, names, settings);

  /** Once per frame: a pair waits for features that another pair has requested. */
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
    async run(questions) {
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
        earlyStop,
        tolerance,
      });
      return answers.map(({ inliers, cells, ...pass }) => ({ ...pass, inliers: { cells, data: inliers } }));
    },
    refinePhotometric: (pair) => network.ask({ kind: 'photometric', pair }),
    async warmup() {
      const key = -1;
      const gray = new Float32Array(GRID * GRID);
      const [features] = await network.ask({ kind: 'encode', pictures: [{ key, gray }] });
      const pairs = [{ previous: features, current: features, start: cornersAtRest() }];
      await network.ask({ kind: 'refine', pairs, order, earlyStop: false });
      await network.ask({ kind: 'forget', keys: [key] });
    },
    forget({ key, encoded }) {
      if (encoded) network.ask({ kind: 'forget', keys: [key] }).catch(() => undefined);
    },
    close: () => network.close(),
  };
  return learnedEstimator('ihn', pairs, settings);
}

/**
 * On the CUDA device that was asked for, or with `auto` on one that can be used, by @gimbal/nn; else on the CPU, by ONNX Runtime.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` where an explicit device cannot be used.
 */
async function openOnBest(weights: Weights, names: readonly string[], settings: IhnSettings): Promise<Network> {
  const { provider } = settings;
  if (provider !== 'cpu') {
    const problem = engineProblem(weights);
    if (problem === undefined) {
      try {
        return await openEngineNetwork(weights, provider);
      } catch (error) {
        if (provider !== 'auto' || !isDeviceError(error)) throw error;
      }
    } else if (provider !== 'auto') {
      throw new GimbalError(
        'GIMBAL_E_DEVICE_UNAVAILABLE',
        `The learned estimator was asked for provider "${provider}", but ${problem}. Use provider "cpu" or "auto".`,
      );
    }
  }
  return openNetwork(weights, names, { ...settings, provider: 'cpu' });
}

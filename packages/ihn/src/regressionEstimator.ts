import { GRID } from './grid/gridPicture.js';
import { type NetworkOptions, parseNetworkOptions } from './ihnOptions.js';
import { type LearnedEstimator, learnedEstimator } from './learnedEstimator.js';
import { openNetwork } from './network/openNetwork.js';
import { readWeights } from './network/weightFiles.js';

/**
 * The single-shot regression of the corners (DeTone, Malisiewicz, Rabinovich, Deep Image Homography Estimation, 2016): the baseline that
 * the iterative network is measured against. It sees the same pictures and knows nothing of inliers or of its own error.
 * @throws GimbalError as `createIhnEstimator`.
 */
export async function createRegression(options: NetworkOptions = {}): Promise<LearnedEstimator> {
  const settings = parseNetworkOptions(options);
  const network = await openNetwork(await readWeights(settings.weights, 'regression'), ['regression'], settings);
  return learnedEstimator(
    'regression',
    {
      provider: network.provider,
      guided: false,
      async run(questions) {
        if (questions.length === 0) return [];
        const pairs = questions.map(({ previous, current }) => ({
          previous: previous.picture.gray,
          current: current.picture.gray,
        }));
        const answers = await network.ask({ kind: 'regress', pairs });
        return answers.map((corners) => ({ corners: [corners] }));
      },
      refinePhotometric: (pair) => network.ask({ kind: 'photometric', pair }),
      async warmup() {
        const blank = new Float32Array(GRID * GRID);
        await network.ask({ kind: 'regress', pairs: [{ previous: blank, current: blank }] });
      },
      forget() {},
      close: () => network.close(),
    },
    settings,
  );
}

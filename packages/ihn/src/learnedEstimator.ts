import {
  checkPair,
  type EstimateOptions,
  type Estimator,
  type Frame,
  GimbalError,
  type MotionField,
  motionField,
  throwIfAborted,
} from '@gimbal/core';
import { type Alignment, createAligner } from '@gimbal/native';
import { cornersAtRest, toFrame, toGrid } from './grid/gridCorners.js';
import { type GridPicture, gridPicture } from './grid/gridPicture.js';
import { createPreparedFrames, type PreparedFrame } from './grid/preparedFrames.js';
import { multiStart } from './hypotheses/multiStart.js';
import { photometricPair } from './hypotheses/photometricPair.js';
import { type ScoredPass, scorePass } from './hypotheses/scorePass.js';
import { coarseShift, decideWithoutNetwork, type PairDecision, selectModel } from './hypotheses/selectModel.js';
import type { NetworkSettings } from './ihnOptions.js';
import type { NetworkPass, PairNetwork } from './network/pairNetwork.js';
import { parseState, stateBytes } from './refine/priorState.js';
import { type RefinedDecision, refineAtFullResolution } from './refine/refineAtFullResolution.js';
import { createTemporalPrior } from './refine/temporalPrior.js';
import { createTally, type EstimatorStatistics } from './statistics.js';

/** A motion field with what it rests on. */
export interface LearnedTrace {
  readonly field: MotionField;
  /**
   * The network's estimate after each refinement: the displacement x, y of the corners TL, TR, BL, BR in pixels of the 128 × 128 grid that it
   * sees. The field differs where a simpler model was selected, or where the photometric alignment or the full-resolution refinement
   * improved it. Empty for pairs that need no measurement (a repeated frame, a blank one).
   */
  readonly corners: readonly Float32Array[];
  /** Which parts of the previous frame moved with the camera, if the network predicts it. */
  readonly inliers?: NetworkPass['inliers'];
  /** The mean corner error in grid pixels that the network predicts for its answer, if it predicts one. */
  readonly expectedError?: number | undefined;
  /** Correlation of the pictures' gradients once aligned, −1..1. */
  readonly correlation?: number | undefined;
  /** Result of the full-resolution refinement, if there was one. */
  readonly alignment?: Alignment | undefined;
}

/** An estimator that runs a network: an {@link Estimator} that can also show what its answers rest on. */
export interface LearnedEstimator extends Estimator {
  /** What runs the network. */
  readonly provider: 'cpu' | 'cuda';
  estimateBatch(pairs: readonly (readonly [Frame, Frame])[], options?: EstimateOptions): Promise<MotionField[]>;
  /** The same answer as `estimate`, with what it rests on. */
  trace(previous: Frame, current: Frame, options?: EstimateOptions): Promise<LearnedTrace>;
  /** Answers so far, and how often they fell back to a simpler model. */
  statistics(): EstimatorStatistics;
  dispose(): Promise<void>;
}

/** Batch size: enough pairs in flight that the network never waits. */
const BATCH = 4;
/** The same on a CUDA device. */
const DEVICE_BATCH = 32;

/** Points of the full-resolution refinement: twice the default costs little beside the network and lowers the variance. */
const POINTS = 24_000;

/** Overall error in grid pixels above which an answer without full-resolution refinement gets photometric alignment. */
const UNSURE = 0.3;

interface Answer extends RefinedDecision {
  readonly scored?: ScoredPass;
}

/** Makes an estimator of a network that displaces the corners of the grid. */
export function learnedEstimator(name: string, network: PairNetwork, settings: NetworkSettings): LearnedEstimator {
  // The pictures of released frames are reused: once warm, a clip allocates none.
  const spare: GridPicture[] = [];
  const prepared = createPreparedFrames(
    (frame) => gridPicture(frame, settings.threads, spare.pop()),
    (frame) => {
      network.forget(frame);
      spare.push(frame.picture);
    },
  );
  const aligner = settings.refineAtFullResolution ? createAligner({ points: POINTS }) : undefined;
  const temporalPrior = createTemporalPrior();
  const tally = createTally();
  let disposed = false;

  async function answers(
    pairs: readonly (readonly [Frame, Frame])[],
    { signal, guess }: EstimateOptions,
  ): Promise<Answer[]> {
    throwIfAborted(signal);
    if (disposed)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `This ${name} estimator was disposed of; create a new one.`);
    for (const [previous, current] of pairs) checkPair(previous, current);
    const handovers = pairs.map(([previous, current]) => temporalPrior.enter(previous, current));
    const working = prepared.during(pairs.flat(), async (frames) => {
      const both = pairs.map((_, i) => [frames[2 * i], frames[2 * i + 1]] as const);
      const unmeasured = both.map(([previous, current]) => decideWithoutNetwork(previous.picture, current.picture));
      const asked = both.filter((_, i) => unmeasured[i] === undefined);
      const passes = await network.run(
        asked.map(([previous, current]) => ({ previous, current, start: cornersAtRest() })),
      );
      throwIfAborted(signal);
      const results: Answer[] = [];
      for (const [i, decision] of unmeasured.entries()) {
        const measured =
          decision === undefined ? await decide(both[i], passes.shift() as NetworkPass, pairs[i][0], guess) : undefined;
        const result: Answer = measured ?? { decision: decision as PairDecision };
        tally.add(result.decision, measured?.restarted === true);
        const { decision: found, scored } = result;
        const refined =
          aligner &&
          (await refineAtFullResolution(aligner, pairs[i], found, scored?.pass.inliers, handovers[i], signal));
        results.push({ ...result, ...refined });
        throwIfAborted(signal);
      }
      return results;
    });
    return working.finally(() => {
      for (const { publish } of handovers) publish({});
    });
  }

  /** Decides on a first pass, after passes from other starts if it is uncertain. */
  async function decide(
    both: readonly [PreparedFrame, PreparedFrame],
    first: NetworkPass,
    frame: Frame,
    guess: EstimateOptions['guess'],
  ): Promise<Answer & { readonly restarted: boolean }> {
    const [previous, current] = [both[0].picture, both[1].picture];
    let scored = scorePass(previous, current, first);
    const restarted = scored.uncertain && network.guided;
    const shift = scored.uncertain ? coarseShift(previous, current) : undefined;
    if (restarted && shift !== undefined) {
      scored = await multiStart(network, both, scored, shift, guess && toGrid(guess, frame));
    }
    const decision = selectModel(previous, current, scored, shift?.correlation, frame, settings);
    // The full-resolution refinement does the same with more pixels, if it starts near enough.
    const unsure = aligner === undefined ? scored.overallError > UNSURE : scored.uncertain;
    const pair = unsure && decision.model === 'homography' ? photometricPair(previous, current, scored) : undefined;
    const aligned = pair && (await network.refinePhotometric(pair));
    if (aligned === undefined) return { decision, scored, restarted };
    return { decision: { ...decision, homography: toFrame(aligned, frame) }, scored, restarted };
  }

  return {
    name,
    memory: ['host'],
    provider: network.provider,
    async estimate(previous, current, options = {}) {
      const [{ decision }] = await answers([[previous, current]], options);
      return fieldOf(previous, decision);
    },
    batch: network.provider === 'cuda' ? DEVICE_BATCH : BATCH,
    async estimateBatch(pairs, options = {}) {
      // A GPU computes several pairs at once; the others are prepared and scored while these are computed.
      const together = network.provider === 'cuda' ? DEVICE_BATCH / 2 : 1;
      const parts: Promise<Answer[]>[] = [];
      for (let at = 0; at < pairs.length; at += together) parts.push(answers(pairs.slice(at, at + together), options));
      const results = (await Promise.all(parts)).flat();
      return results.map(({ decision }, i) => fieldOf(pairs[i][0], decision));
    },
    async trace(previous, current, options = {}) {
      const [{ decision, scored, alignment }] = await answers([[previous, current]], options);
      const field = fieldOf(previous, decision);
      if (scored === undefined) return { field, corners: [] };
      const { pass, correlation } = scored;
      return {
        field,
        corners: pass.corners,
        inliers: pass.inliers,
        expectedError: pass.expectedError,
        correlation,
        alignment,
      };
    },
    async warmup() {
      // Networks allocate in their first run, whatever the size of the frames.
      await network.warmup();
    },
    statistics: tally.statistics,
    async state() {
      return stateBytes(await temporalPrior.last(), { name, ...settings });
    },
    restore(state) {
      temporalPrior.carry(parseState(state, { name, ...settings }));
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      prepared.clear();
      aligner?.dispose();
      await network.close();
    },
  };
}

function fieldOf({ width, height }: Frame, { homography, ...verdict }: PairDecision): MotionField {
  return motionField({ size: { width, height }, homographies: homography, ...verdict });
}

import {
  type EstimateOptions,
  type Estimator,
  type Frame,
  GimbalError,
  type MotionField,
  motionField,
  throwIfAborted,
} from '@gimbal/core';
import { type Alignment, createAligner } from '@gimbal/native';
import { createContinuity } from './continuity.js';
import { type Evidence, weigh } from './evidence.js';
import { type Finished, finish } from './finish.js';
import { furtherLooks } from './furtherLooks.js';
import { cornersAtRest, toFrame, toGrid } from './gridCorners.js';
import { type GridPicture, gridPicture } from './gridPicture.js';
import type { NetworkSettings } from './ihnOptions.js';
import { coarseShift, type Judgement, judge, judgeUnmeasured } from './judgement.js';
import type { Look, PairNetwork } from './pairNetwork.js';
import { createPreparedFrames, type PreparedFrame } from './preparedFrames.js';
import { createTally, type EstimatorStatistics } from './statistics.js';
import { toneAligned } from './tones/toneAligned.js';
import { createTurns } from './turns.js';

/** A motion field with what it rests on. */
export interface LearnedTrace {
  readonly field: MotionField;
  /**
   * What the network said after each refinement: the displacement x, y of the corners TL, TR, BL, BR in pixels of the 128 × 128 grid that it
   * sees. The field says otherwise where the evidence carries less, or where grey levels or the finish have made it more exact. Empty
   * when the pictures alone gave the answer (a repeated frame, a blank one).
   */
  readonly corners: readonly Float32Array[];
  /** Which parts of the previous frame moved with the camera, 0..1: `cells × cells` numbers row by row, where the network tells. */
  readonly inliers?: Look['inliers'];
  /** The mean corner error in grid pixels that the network expects of its answer, where it tells. */
  readonly spread?: number | undefined;
  /** Correlation of the pictures' gradients once aligned, −1..1. */
  readonly likeness?: number | undefined;
  /** How the finish at full resolution went, where there was one. */
  readonly alignment?: Alignment | undefined;
}

/** An estimator that runs a network: everything an {@link Estimator} does, and a look behind the answer. */
export interface LearnedEstimator extends Estimator {
  /** What runs the network. */
  readonly provider: 'cpu' | 'cuda';
  estimateBatch(pairs: readonly (readonly [Frame, Frame])[], options?: EstimateOptions): Promise<MotionField[]>;
  /** The same answer as `estimate`, with what it rests on. */
  trace(previous: Frame, current: Frame, options?: EstimateOptions): Promise<LearnedTrace>;
  /** What was answered so far, and how often it fell back to a simpler motion. */
  statistics(): EstimatorStatistics;
  dispose(): Promise<void>;
}

/** Pairs that are answered faster together than one by one: enough that the network never waits. */
const BATCH = 4;

/** Points that the finish compares: twice as many as usual take little beside the network, and leave less to chance. */
const POINTS = 24_000;

/** Doubt in grid pixels above which an answer that no finish follows is aligned by the grey levels. */
const UNSURE = 0.3;

interface Answer extends Finished {
  readonly evidence?: Evidence;
}

/** Makes an estimator of a network that displaces the corners of the grid. */
export function learnedEstimator(name: string, network: PairNetwork, settings: NetworkSettings): LearnedEstimator {
  // Pictures of frames that are done with are painted over: once warm, a clip allocates none.
  const spare: GridPicture[] = [];
  const prepared = createPreparedFrames(
    (frame) => gridPicture(frame, settings.threads, spare.pop()),
    (frame) => {
      network.forget(frame);
      spare.push(frame.picture);
    },
  );
  const aligner = settings.finish ? createAligner({ points: POINTS }) : undefined;
  const continuity = createContinuity();
  const tally = createTally();
  const inTurn = createTurns();
  let disposed = false;

  async function answers(
    pairs: readonly (readonly [Frame, Frame])[],
    { signal, guess }: EstimateOptions,
  ): Promise<Answer[]> {
    throwIfAborted(signal);
    if (disposed)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `This ${name} estimator was disposed of; create a new one.`);
    for (const [previous, current] of pairs) checkSizes(previous, current);
    const passages = pairs.map(([previous, current]) => continuity.enter(previous, current));
    const working = prepared.during(pairs.flat(), async (frames) => {
      const both = pairs.map((_, i) => [frames[2 * i], frames[2 * i + 1]] as const);
      const unmeasured = both.map(([previous, current]) => judgeUnmeasured(previous.picture, current.picture));
      const asked = both.filter((_, i) => unmeasured[i] === undefined);
      const looks = await network.look(
        asked.map(([previous, current]) => ({ previous, current, start: cornersAtRest() })),
      );
      throwIfAborted(signal);
      const results: Answer[] = [];
      for (const [i, judgement] of unmeasured.entries()) {
        const measured =
          judgement === undefined ? await judged(both[i], looks.shift() as Look, pairs[i][0], guess) : undefined;
        const result: Answer = measured ?? { judgement: judgement as Judgement };
        tally.add(result.judgement, measured?.lookedAgain === true);
        const { judgement: found, evidence } = result;
        const finished =
          aligner && (await finish(aligner, pairs[i], found, evidence?.look.inliers, passages[i], signal));
        results.push({ ...result, ...finished });
        throwIfAborted(signal);
      }
      return results;
    });
    return working.finally(() => {
      for (const { leave } of passages) leave({});
    });
  }

  /** Judges a first look, after others where it is in doubt. */
  async function judged(
    both: readonly [PreparedFrame, PreparedFrame],
    first: Look,
    frame: Frame,
    guess: EstimateOptions['guess'],
  ): Promise<Answer & { readonly lookedAgain: boolean }> {
    const [previous, current] = [both[0].picture, both[1].picture];
    let evidence = weigh(previous, current, first);
    const lookedAgain = evidence.doubtful && network.guided;
    const shift = evidence.doubtful ? coarseShift(previous, current) : undefined;
    if (lookedAgain && shift !== undefined) {
      evidence = await furtherLooks(network, both, evidence, shift, guess && toGrid(guess, frame));
    }
    const judgement = judge(previous, current, evidence, shift?.likeness, frame, settings);
    // What follows at full resolution does the same with more pixels, if it starts near enough.
    const unsure = aligner === undefined ? evidence.doubt > UNSURE : evidence.doubtful;
    const aligned =
      unsure && judgement.model === 'homography'
        ? await inTurn(() => toneAligned(previous, current, evidence))
        : undefined;
    if (aligned === undefined) return { judgement, evidence, lookedAgain };
    return { judgement: { ...judgement, homography: toFrame(aligned, frame) }, evidence, lookedAgain };
  }

  return {
    name,
    memory: ['host'],
    provider: network.provider,
    async estimate(previous, current, options = {}) {
      const [{ judgement }] = await answers([[previous, current]], options);
      return fieldOf(previous, judgement);
    },
    batch: BATCH,
    async estimateBatch(pairs, options = {}) {
      // A GPU computes several pairs at once. On a CPU the frames of one are prepared and judged while another is computed.
      const together = network.provider === 'cuda';
      const results = together
        ? await answers(pairs, options)
        : (await Promise.all(pairs.map((pair) => answers([pair], options)))).flat();
      return results.map(({ judgement }, i) => fieldOf(pairs[i][0], judgement));
    },
    async trace(previous, current, options = {}) {
      const [{ judgement, evidence, alignment }] = await answers([[previous, current]], options);
      const field = fieldOf(previous, judgement);
      if (evidence === undefined) return { field, corners: [] };
      const { look, likeness } = evidence;
      return { field, corners: look.corners, inliers: look.inliers, spread: look.spread, likeness, alignment };
    },
    async warmup() {
      // Networks allocate in their first run; a picture of any size looks alike to them.
      await network.warmup();
    },
    statistics: tally.statistics,
    async dispose() {
      if (disposed) return;
      disposed = true;
      prepared.clear();
      aligner?.dispose();
      await network.close();
    },
  };
}

function checkSizes(previous: Frame, current: Frame): void {
  if (previous.width === current.width && previous.height === current.height) return;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Both frames of a pair must have one size; received ${previous.width}×${previous.height} and ${current.width}×${current.height}.`,
  );
}

function fieldOf({ width, height }: Frame, { homography, ...verdict }: Judgement): MotionField {
  return motionField({ size: { width, height }, homographies: homography, ...verdict });
}

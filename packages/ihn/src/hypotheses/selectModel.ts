// Decides what is answered for a pair: which motion model, verdict and confidence.
import type { Homography, MotionField, Size } from '@gimbal/core';
import { identityHomography } from '@gimbal/core/geometry';
import { largestShift, toFrame, toGrid } from '../grid/gridCorners.js';
import { GRID, type GridPicture } from '../grid/gridPicture.js';
import type { NetworkSettings } from '../ihnOptions.js';
import { frameDifference } from './frameDifference.js';
import { bestShift, type Shift } from './gradientCorrelation.js';
import { correlationUnder, type ScoredPass } from './scorePass.js';
import { simplerMotions } from './simplerMotion.js';

/** The answer for a pair: model, verdict, confidence, homography. */
export interface PairDecision extends Pick<MotionField, 'verdict' | 'model' | 'confidence' | 'reason'> {
  /** Of the frame, in full-resolution pixels. */
  readonly homography: Homography;
}

/** Standard deviation in grey levels below which a picture is blank, and above which it has enough content to tell scenes apart. */
const BLANK = 1;
const CONTENT = 6;

/** Overall error in grid pixels that no pair of different scenes (of 280) fell below: the network has recognized the scene, however weak the correlation. */
const ONE_SCENE = 3;

/** Correlation within the inliers that two different scenes, even blurred ones, do not reach. */
const FOLLOWING = 0.5;

/**
 * By how much each model must raise the correlation over every simpler one. The network's answer for two different scenes raises it by 0.06
 * over rest in the median.
 */
const BETTER = { translation: 0.02, similarity: 0, homography: 0.1 } as const;

/** Why an answer of the network is weak. */
const UNLIKE = 'the pictures stay unlike under the motion that was found';

const still = (verdict: PairDecision['verdict'], confidence: number, reason?: string): PairDecision => ({
  homography: identityHomography(),
  model: 'identity',
  verdict,
  confidence,
  ...(reason !== undefined && { reason }),
});

/** The answer for pairs that need no measurement: a repeated picture, or a blank one. Otherwise undefined. */
export function decideWithoutNetwork(previous: GridPicture, current: GridPicture): PairDecision | undefined {
  if (previous.deviation <= BLANK || current.deviation <= BLANK) return still('weak', 0, 'a picture is blank');
  const { mean, largest } = frameDifference(previous.samples, current.samples);
  return mean < 0.02 && largest < 0.5 ? still('duplicate', 1) : undefined;
}

/** The shift of the whole picture with the highest correlation, in grid pixels. */
export function coarseShift(previous: GridPicture, current: GridPicture): Shift {
  const { x, y, correlation } = bestShift(previous.quarter, current.quarter, GRID / 4);
  return { x: 4 * x, y: 4 * y, correlation };
}

/**
 * The richest motion that the evidence carries: the homography that was measured, the similarity or the translation closest to it, or
 * none; or that the frames show different scenes, or one and the same picture. Without confidence it is `weak`: the homography where the
 * network has recognized the scene, else a simpler motion, and each step from simple to rich must make the pictures more alike.
 * @param correlation Of the pictures under the best shift, if it was searched.
 */
export function selectModel(
  previous: GridPicture,
  current: GridPicture,
  scored: ScoredPass,
  correlation: number | undefined,
  size: Size,
  { weakBelow, cutBelow }: Pick<NetworkSettings, 'weakBelow' | 'cutBelow'>,
): PairDecision {
  const { map, confidence } = scored;
  if (map !== undefined && confidence >= weakBelow) {
    if (isTouchedUp(previous, current) && largestShift(map) < 0.1) return still('duplicate', 1);
    return { homography: toFrame(map, size), model: 'homography', verdict: 'ok', confidence };
  }
  if (map !== undefined && isOneScene(scored)) {
    return { homography: toFrame(map, size), model: 'homography', verdict: 'weak', confidence, reason: UNLIKE };
  }
  const content = Math.min(previous.deviation, current.deviation) > CONTENT;
  if (content && correlation !== undefined && Math.max(correlation, scored.correlation) < cutBelow)
    return still('cut', 0, 'the pictures have nothing in common');
  return fallBack(previous, current, scored, size, cutBelow);
}

/** Whether the network has recognized the scene, however unlike the pictures are as a whole. */
function isOneScene({ overallError, inlierCorrelation, pass }: ScoredPass): boolean {
  return pass.expectedError !== undefined && (overallError < ONE_SCENE || inlierCorrelation > FOLLOWING);
}

/** The first of the motions, from simple to rich, that those after it do not better. */
function fallBack(
  previous: GridPicture,
  current: GridPicture,
  { map, pass, confidence }: ScoredPass,
  size: Size,
  least: number,
): PairDecision {
  if (map === undefined) return still('weak', 0, 'the network found no motion');
  const measured = toFrame(map, size);
  const simpler = simplerMotions(measured, size, pass.inliers);
  if (simpler === undefined) return still('weak', 0, 'the network found no motion');
  const models = { ...simpler, homography: measured };
  let answer = still('weak', 0, 'no motion makes the pictures more alike');
  let best = correlationUnder(identityHomography(), previous, current).whole;
  for (const model of ['translation', 'similarity', 'homography'] as const) {
    const homography = models[model];
    const { whole } = correlationUnder(toGrid(homography, size), previous, current);
    if (whole < least || whole <= best + BETTER[model]) continue;
    answer = { homography, model, verdict: 'weak', confidence, reason: UNLIKE };
    best = whole;
  }
  return answer;
}

/**
 * An encoder that meets the same picture again copies most of it to the bit and touches up a block here and there. A camera that moved
 * cannot leave half of the picture as it was.
 */
function isTouchedUp(previous: GridPicture, current: GridPicture): boolean {
  const { mean, median, largest } = frameDifference(previous.samples, current.samples);
  return median < 0.01 && mean < 0.3 && largest < 3;
}

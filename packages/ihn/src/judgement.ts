import { type Homography, identityHomography, type MotionField, type Size } from '@gimbal/core';
import { type Evidence, likenessUnder } from './evidence.js';
import { frameDifference } from './frameDifference.js';
import { largestShift, toFrame, toGrid } from './gridCorners.js';
import { GRID, type GridPicture } from './gridPicture.js';
import type { NetworkSettings } from './ihnOptions.js';
import { bestShift, type Shift } from './likeness.js';
import { simplerMotions } from './simplerMotion.js';

/** What a pair's answer is. */
export interface Judgement extends Pick<MotionField, 'verdict' | 'model' | 'confidence'> {
  /** Of the frame, in full-resolution pixels. */
  readonly homography: Homography;
}

/** Deviation in grey levels below which a picture shows nothing, and above which it shows enough to tell scenes apart. */
const BLANK = 1;
const CONTENT = 6;

/** Doubt in grid pixels below which no two scenes of 280 pairs were: the network has recognized the scene, however unlike the pictures. */
const ONE_SCENE = 3;

/** Likeness where the pictures move together that two scenes, blurred ones too, do not reach. */
const FOLLOWING = 0.5;

/**
 * By how much each motion must make the pictures more alike than every simpler one. Under what the network says of two different scenes they
 * are more alike than at rest by 0.06 in the median.
 */
const BETTER = { translation: 0.02, similarity: 0, homography: 0.1 } as const;

const still = (verdict: Judgement['verdict'], confidence: number): Judgement => ({
  homography: identityHomography(),
  model: 'identity',
  verdict,
  confidence,
});

/** The answer that the pictures give by themselves: one repeats the other, or one shows nothing. Undefined when they must be measured. */
export function judgeUnmeasured(previous: GridPicture, current: GridPicture): Judgement | undefined {
  if (previous.deviation <= BLANK || current.deviation <= BLANK) return still('weak', 0);
  const { mean, largest } = frameDifference(previous.samples, current.samples);
  return mean < 0.02 && largest < 0.5 ? still('duplicate', 1) : undefined;
}

/** The shift of the whole picture that makes it most alike the other, in grid pixels. */
export function coarseShift(previous: GridPicture, current: GridPicture): Shift {
  const { x, y, likeness } = bestShift(previous.quarter, current.quarter, GRID / 4);
  return { x: 4 * x, y: 4 * y, likeness };
}

/**
 * The richest motion that the evidence carries: the homography that was measured, the similarity or the translation closest to it, or
 * none; or that the frames show different scenes, or one and the same picture. Without confidence it is `weak`: the homography where the
 * network has recognized the scene, else a simpler motion, and each step from simple to rich must make the pictures more alike.
 * @param likeness Of the pictures under the best shift, where it was looked for.
 */
export function judge(
  previous: GridPicture,
  current: GridPicture,
  evidence: Evidence,
  likeness: number | undefined,
  size: Size,
  { weakBelow, cutBelow }: Pick<NetworkSettings, 'weakBelow' | 'cutBelow'>,
): Judgement {
  const { map, confidence } = evidence;
  if (map !== undefined && confidence >= weakBelow) {
    if (isTouchedUp(previous, current) && largestShift(map) < 0.1) return still('duplicate', 1);
    return { homography: toFrame(map, size), model: 'homography', verdict: 'ok', confidence };
  }
  if (map !== undefined && isOneScene(evidence)) {
    return { homography: toFrame(map, size), model: 'homography', verdict: 'weak', confidence };
  }
  const content = Math.min(previous.deviation, current.deviation) > CONTENT;
  if (content && likeness !== undefined && Math.max(likeness, evidence.likeness) < cutBelow) return still('cut', 0);
  return fallBack(previous, current, evidence, size, cutBelow);
}

/** Whether the network has recognized the scene, however unlike the pictures are as a whole. */
function isOneScene({ doubt, inlierLikeness, look }: Evidence): boolean {
  return look.spread !== undefined && (doubt < ONE_SCENE || inlierLikeness > FOLLOWING);
}

/** The first of the motions, from simple to rich, that those after it do not better. */
function fallBack(
  previous: GridPicture,
  current: GridPicture,
  { map, look, confidence }: Evidence,
  size: Size,
  least: number,
): Judgement {
  if (map === undefined) return still('weak', 0);
  const measured = toFrame(map, size);
  const simpler = simplerMotions(measured, size, look.inliers);
  if (simpler === undefined) return still('weak', 0);
  const ladder = { ...simpler, homography: measured };
  let answer = still('weak', 0);
  let best = likenessUnder(identityHomography(), previous, current).whole;
  for (const model of ['translation', 'similarity', 'homography'] as const) {
    const homography = ladder[model];
    const { whole } = likenessUnder(toGrid(homography, size), previous, current);
    if (whole < least || whole <= best + BETTER[model]) continue;
    answer = { homography, model, verdict: 'weak', confidence };
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

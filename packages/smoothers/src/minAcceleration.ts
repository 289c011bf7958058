import {
  attenuateToBudget,
  type BudgetConstraints,
  type CameraPath,
  type CropBudget,
  type Smoother,
} from '@gimbal/core';
import { correctionLimits } from './budget/correctionLimits.js';
import { speedRange } from './budget/speedRange.js';
import { checkPath } from './signal/checkedPath.js';
import { type PathJitter, pathJitter } from './signal/pathJitter.js';
import { accelerationPath } from './solver/accelerationPath.js';
import { ScratchArrays } from './solver/scratchArrays.js';
import { checkedStrength, type SmootherOptions, strengthToSeconds } from './strength.js';

/** The share of the budget that the linearized constraints may use; the rest is for what they neglect. */
const SHARE_OF_LIMIT = 0.96;
/** Seconds of the acceleration's time scale to a second of the Gaussian that the strength stands for. */
const TAU_PER_SIGMA = 2;
/** Half the width that every range of speeds has at least, px a second at 640 wide. */
const LEAST_SPEED = 0.06;
const FINAL_GAP = 2e-3;
const DRAFT_GAP = 2e-2;

/** Shares of the budget that are tried, from the least. */
const SHARES = [0.5, 0.6, 0.7, 0.8, 0.9];
/** How much shakier a path within less of the budget may be than one within all of it; and the jitter, px at 640 wide, that is invisible. */
const AS_STEADY = 1.05;
const UNSEEN_JITTER = 0.12;
/** Share of the shake that counts as next to nothing. */
const LEFT_OVER = 0.006;

/**
 * The path of least acceleration, in the square: an even pan stays as even as it was, and where the budget binds the camera swings past the limit in
 * the gentlest curve. Its speed stays between those that the camera really had about that moment, so it neither overshoots nor
 * creeps where the camera stood. It takes no more of the picture than this steadiness needs.
 */
export function minAcceleration(options: SmootherOptions = {}): Smoother {
  const sigma = strengthToSeconds(checkedStrength(options));
  // The first answer for a path chooses the budget; those that refine it keep to it. They share the times.
  const chosen = new WeakMap<Float64Array, CropBudget>();
  return {
    name: 'min-acceleration',
    smooth(path, budget, smoothOptions = {}) {
      checkPath(path);
      if (sigma === 0 || path.times.length < 3 || budget.maxCrop === 0) return path;
      const bounds = linearBounds(budget);
      // Within all of the budget, so that a camera that has less room follows its shake no faster.
      const speeds = speedRange(path.times, path.parameters, bounds, { sigma, reach: sigma });
      const scratch = new ScratchArrays();
      const within = (own: CropBudget, draft: boolean): Float64Array =>
        accelerationPath(path.times, path.parameters, {
          ...linearBounds(own),
          tau: TAU_PER_SIGMA * sigma,
          speeds,
          leastSpeed: (LEAST_SPEED * path.size.width) / 640,
          relativeGap: draft ? DRAFT_GAP : FINAL_GAP,
          scratch,
        });
      const known = chosen.get(path.times);
      const fits = known !== undefined && known.maxCrop <= budget.maxCrop;
      const whole = smoothOptions.fixedWindow === true;
      // The search for the budget ends with a draft within it.
      const drafts = new Map<number, Float64Array>();
      const draftWithin = (own: CropBudget): Float64Array => {
        const parameters = drafts.get(own.maxCrop) ?? within(own, true);
        drafts.set(own.maxCrop, parameters);
        return parameters;
      };
      const own = whole ? budget : fits ? known : leastBudget(path, budget, draftWithin);
      if (!whole) chosen.set(path.times, own);
      const parameters = smoothOptions.draft ? draftWithin(own) : within(own, false);
      return attenuateToBudget(path, { ...path, parameters }, own);
    },
  };
}

/** The budget's constraints with limits that leave room for what a linearization neglects. */
function linearBounds(budget: CropBudget): { readonly constraints: BudgetConstraints; readonly limits: Float64Array } {
  const constraints = correctionLimits(budget);
  return { constraints, limits: constraints.limits.map((limit) => Math.max(1e-6, SHARE_OF_LIMIT * limit)) };
}

/** The smallest of some budgets within which the path is as steady as within all of it; steadiness grows with the budget. */
function leastBudget(
  path: CameraPath,
  budget: CropBudget,
  draftWithin: (budget: CropBudget) => Float64Array,
): CropBudget {
  const jitterWithin = (own: CropBudget): PathJitter => pathJitter(path.times, draftWithin(own), path.size);
  const shaky = pathJitter(path.times, path.parameters, path.size);
  const best = jitterWithin(budget);
  // Where all but next to nothing of the shake can be taken away, it is.
  const most = best.rms <= LEFT_OVER * shaky.rms ? LEFT_OVER * shaky.rms : Number.POSITIVE_INFINITY;
  let low = 0;
  let high = SHARES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const jitter = jitterWithin(part(budget, SHARES[middle]));
    const asSteady =
      seen(jitter.median) <= AS_STEADY * seen(best.median) &&
      seen(jitter.rms) <= AS_STEADY * seen(best.rms) &&
      jitter.rms <= most;
    if (asSteady) high = middle;
    else low = middle + 1;
  }
  return low === SHARES.length ? budget : part(budget, SHARES[low]);
}

function part(budget: CropBudget, share: number): CropBudget {
  return { ...budget, maxCrop: share * budget.maxCrop };
}

function seen(jitter: number): number {
  return Math.hypot(jitter, UNSEEN_JITTER);
}

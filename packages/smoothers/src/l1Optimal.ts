// Smoother `l1-optimal`: holds, pans and eased transitions (Grundmann, Kwatra and Essa 2011).
import { attenuateToBudget, type Smoother } from '@gimbal/core';
import { correctionLimits } from './budget/correctionLimits.js';
import { checkPath } from './signal/checkedPath.js';
import { type DerivativeCosts, l1Path } from './solver/l1Path.js';
import { ScratchArrays } from './solver/scratchArrays.js';
import { checkedStrength, DEFAULT_STRENGTH, type SmootherOptions } from './strength.js';

/** The share of the budget that the linearized constraints may use; the rest is for what they neglect. */
const SHARE_OF_LIMIT = 0.96;

/** How far the cost may be from the least possible at most; it turns out to be a tenth of that. */
const FINAL_GAP = 3e-4;
const DRAFT_GAP = 1e-2;

/**
 * L1-optimal camera path (Grundmann, Kwatra and Essa 2011): holds, pans and eased transitions between them, with the crop budget as
 * constraints of the optimization. The costs are those of vid.stab 1.3 at 30 frames per second, in units of time.
 */
export function l1Optimal(options: SmootherOptions = {}): Smoother {
  const strength = checkedStrength(options);
  // Kept from one call to the next, which planning makes several of, but not beyond the next collection of garbage.
  let kept: WeakRef<ScratchArrays> | undefined;
  return {
    name: 'l1-optimal',
    smooth(path, budget, smoothOptions = {}) {
      checkPath(path);
      if (strength === 0 || path.times.length < 3 || budget.maxCrop === 0) return path;
      const constraints = correctionLimits(budget);
      const share = SHARE_OF_LIMIT * budgetShare(strength);
      const limits = constraints.limits.map((limit) => Math.max(1e-6, share * limit));
      const scratch = kept?.deref() ?? new ScratchArrays();
      kept = undefined;
      const parameters = l1Path(path.times, path.parameters, constraints, limits, costs(strength), {
        relativeGap: smoothOptions.draft ? DRAFT_GAP : FINAL_GAP,
        scratch,
      });
      kept = new WeakRef(scratch);
      return attenuateToBudget(path, { ...path, parameters }, budget);
    },
  };
}

/** vid.stab 1.3 with smoothing 15 at the default strength: 10, 1 and 100 in frames of 1/30 s; scaled by 1/s, 1 and s. */
function costs(strength: number): DerivativeCosts {
  const s = strength / DEFAULT_STRENGTH;
  return [10 / s, 1 / 30, (100 * s) / 900];
}

/** A weak smoother also takes less of the picture: without this the solution would use the whole budget at any strength. */
function budgetShare(strength: number): number {
  return 1 - (1 - strength) ** 3;
}

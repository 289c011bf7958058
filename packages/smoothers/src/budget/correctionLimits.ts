// The crop budget as linear constraints on the eight parameters of a correction.
import { type BudgetConstraints, budgetConstraints, type CropBudget, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { parameterRadius } from '@gimbal/core/geometry';

/** Position of the scale among the path's parameters. */
const SCALE = 3;
/** How much of the crop budget a correction may spend on enlarging the picture. */
const ZOOM_SHARE = 0.2;

/**
 * The budget's constraints on a correction, and one more on each side of the scale. To the budget alone a correction that enlarges the
 * picture is harmless at any size, since the window's corners only move inwards; an optimizer would find that the steadiest picture
 * is a single enlarged pixel.
 */
export function correctionLimits(budget: CropBudget): BudgetConstraints {
  const { rows, coefficients, limits } = budgetConstraints(budget);
  const all = new Float64Array((rows + 2) * PARAMETERS_PER_FRAME);
  all.set(coefficients);
  all[rows * PARAMETERS_PER_FRAME + SCALE] = 1;
  all[(rows + 1) * PARAMETERS_PER_FRAME + SCALE] = -1;
  const zoom = ZOOM_SHARE * budget.maxCrop * parameterRadius(budget.size);
  return { rows: rows + 2, coefficients: all, limits: Float64Array.of(...limits, zoom, zoom) };
}

import type { CropBudget } from '../plan/cropBudget.js';
import type { CameraPath } from './cameraPath.js';

/** Options of one call of a smoother. */
export interface SmoothOptions {
  readonly signal?: AbortSignal | undefined;
  /** The answer serves to ask a better question and is not shown to anyone: one whose cost is good to a percent will do. */
  readonly draft?: boolean | undefined;
  /** What is shown is fixed already: nothing is gained by correcting less than the budget allows. */
  readonly fixedWindow?: boolean | undefined;
}

/**
 * Turns the path that a camera took into the path that a steady camera would have taken: same times, new parameters. The returned
 * path keeps every correction within the budget.
 */
export interface Smoother {
  readonly name: string;
  smooth(path: CameraPath, budget: CropBudget, options?: SmoothOptions): CameraPath | Promise<CameraPath>;
}

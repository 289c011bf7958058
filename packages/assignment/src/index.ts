export { addonInfo } from './addon.js';
export { certifiedBound } from './certifiedBound.js';
export type { ColumnPoints } from './checkedArguments.js';
export {
  type Assignment,
  type AssignmentOptions,
  type AssignmentResult,
  createAssignment,
  type SolveOptions,
  type Stay,
} from './createAssignment.js';

export { addonInfo } from './addon.js';
export type { AssignmentOptions, ColumnPoints, SolveOptions, Stay } from './assignmentOptions.js';
export { certifiedBound } from './certifiedBound.js';
export { type Assignment, type AssignmentResult, createAssignment } from './createAssignment.js';

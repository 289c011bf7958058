// When a referee's answer is believed.
import type { MotionField } from '@gimbal/core';

/** Confidence up to which a weak answer counts as none. */
const LOST_CONFIDENCE = 0.05;

/** Whether a referee's answer may be believed at all: not a cut, and not the guess of one who saw nothing. */
export function isEvidence(field: MotionField): boolean {
  return field.verdict !== 'cut' && !(field.verdict === 'weak' && field.confidence <= LOST_CONFIDENCE);
}

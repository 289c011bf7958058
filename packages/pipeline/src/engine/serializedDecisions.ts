import { type FrameDecision, READOUT_NODES, type RollingShutter } from '@gimbal/core/shutter';

/** What a planner decided as it crosses between threads. */
export interface SerializedDecisions {
  /** Per frame nine numbers of the correction, those of the readout, and nine of the step; not a number where there is none. */
  readonly numbers: Float64Array;
  readonly rollingShutter: RollingShutter | undefined;
}

const READOUT = 9;
const STEP = READOUT + READOUT_NODES.length * 8;
const NUMBERS = STEP + 9;

export function serializeDecisions(
  decisions: readonly FrameDecision[],
  rollingShutter: RollingShutter | undefined,
): SerializedDecisions {
  const numbers = new Float64Array(decisions.length * NUMBERS).fill(Number.NaN);
  for (const [i, { correction, readout, step }] of decisions.entries()) {
    const own = numbers.subarray(i * NUMBERS, (i + 1) * NUMBERS);
    own.set(correction);
    if (readout !== undefined) own.set(readout, READOUT);
    if (step !== undefined) own.set(step, STEP);
  }
  return { numbers, rollingShutter };
}

export function deserializeDecisions({ numbers }: SerializedDecisions): FrameDecision[] {
  return Array.from({ length: numbers.length / NUMBERS }, (_, i) => {
    const own = numbers.subarray(i * NUMBERS, (i + 1) * NUMBERS);
    const part = (from: number, to: number) => (Number.isNaN(own[from]) ? undefined : own.subarray(from, to));
    return { correction: own.subarray(0, READOUT), readout: part(READOUT, STEP), step: part(STEP, NUMBERS) };
  });
}

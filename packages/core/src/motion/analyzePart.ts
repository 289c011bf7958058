import { GimbalError } from '../errors.js';
import { Parts } from '../run/failover.js';
import { analysisState, parseAnalysisState } from './analysisState.js';
import { type AnalyzeOptions, clipMotion, measureClip } from './analyze.js';
import type { ClipMotion } from './clipMotion.js';
import type { Estimator } from './estimator.js';
import { type MeasuredFrames, noFramesYet } from './measureFrames.js';

/** An analysis up to a frame, and what another one needs to go on from there. Plain values, for another process or for a file. */
export interface AnalysisPart {
  /** Of the clip from its first frame on. While a gap is open its steps may still change. */
  readonly motion: ClipMotion;
  /** Absent when the clip has no more frames. */
  readonly state?: Uint8Array | undefined;
}

/** What {@link analyzePart} works on. */
export interface AnalyzePartOptions extends AnalyzeOptions {
  /** Where an earlier part ended, measured with an estimator of the same options. */
  readonly resume?: AnalysisPart | undefined;
  /** Frames of the clip, counted from its first, after which the part ends. Default: at the clip's end. */
  readonly end?: number | undefined;
}

/**
 * Measures the camera's motion through a part of a clip. Parts that go on from one another give what `analyze` gives, bit for bit: what the
 * estimator carries from pair to pair goes along, and so does a gap that is open at the border. Frames before the part are decoded, not measured.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an end that is no later than where the part begins, for a state that is damaged or
 * belongs to another motion or estimator, and for an estimator that has no `state` and `restore` where the clip does not end with the part;
 * `GIMBAL_E_MOTION_FILE` for another clip; what `analyze` throws.
 */
export async function analyzePart(options: AnalyzePartOptions): Promise<AnalysisPart> {
  const { estimator, resume, end } = options;
  const begin = resume?.motion.times.length ?? 0;
  if (end !== undefined && !(Number.isInteger(end) && end > begin)) {
    throw invalid(`A part of an analysis that begins at frame ${begin} must end after it; received the end ${end}.`);
  }
  if (resume !== undefined && resume.state === undefined) return resume;
  if (end !== undefined || resume !== undefined) checkDivisible(estimator);
  const parts = new Parts(options, options.fallback);
  const measured = resume === undefined ? noFramesYet() : await goOn(resume, estimator);
  const complete = await measureClip(parts, measured, options, end);
  const motion = clipMotion(measured, parts);
  if (complete) return { motion };
  const { openGap } = measured;
  // After a failure it is another estimator that knows.
  const carried = await stateOf(parts.estimator);
  return {
    motion,
    state: analysisState({ estimator: motion.estimator, frames: motion.times.length, openGap, carried }),
  };
}

/** @throws GimbalError `GIMBAL_E_PLUGIN_FAILED` when the estimator throws, or answers with something else than bytes. */
async function stateOf(estimator: Estimator): Promise<Uint8Array> {
  const failed = (why: string, cause?: unknown) =>
    new GimbalError('GIMBAL_E_PLUGIN_FAILED', `Estimator "${estimator.name}" could not save its state: ${why}`, {
      cause,
    });
  try {
    const state: unknown = await estimator.state?.();
    if (state instanceof Uint8Array) return state;
  } catch (error) {
    if (GimbalError.isInstance(error)) throw error;
    throw failed(error instanceof Error ? error.message : String(error), error);
  }
  throw failed('it answered with something else than a Uint8Array.');
}

/** Takes up what an earlier part measured, and hands the estimator its state. */
async function goOn({ motion, state }: AnalysisPart, estimator: Estimator): Promise<MeasuredFrames> {
  const known = parseAnalysisState(state as Uint8Array);
  if (known.estimator !== estimator.name || motion.estimator !== estimator.name) {
    throw invalid(
      `The analysis was begun by estimator "${known.estimator}" and cannot go on with "${estimator.name}"; use the same one.`,
    );
  }
  if (known.frames !== motion.times.length) {
    throw invalid(
      `The state was saved after ${known.frames} frames, the motion has ${motion.times.length}: they do not belong together.`,
    );
  }
  try {
    await estimator.restore?.(known.carried);
  } catch (error) {
    if (GimbalError.isInstance(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GimbalError(
      'GIMBAL_E_PLUGIN_FAILED',
      `Estimator "${estimator.name}" could not restore its state: ${reason}`,
      { cause: error },
    );
  }
  const { keep } = noFramesYet();
  return { times: Array.from(motion.times), steps: motion.steps.map(keep), keep, openGap: known.openGap };
}

function checkDivisible({ name, state, restore }: Estimator): void {
  if (state !== undefined && restore !== undefined) return;
  throw invalid(
    `Estimator "${name}" cannot save what it carries from pair to pair (it has no \`state\` and \`restore\`), so an analysis with it ` +
      'cannot be split; analyse the clip in one part, or use another estimator.',
  );
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}

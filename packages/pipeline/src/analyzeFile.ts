// `analyzeFile`: measures the motion of a clip.
import type { ClipMotion } from '@gimbal/core';
import type { FramePlacement } from './clip/openClip.js';
import { type JobOptions, runInEngine } from './engine/engine.js';
import { type PackedMotion, unpackMotion } from './engine/packedResult.js';
import type { AnalyzeOrder } from './jobs/analyzeJob.js';
import type { JobWarning } from './jobs/jobParts.js';
import { type PartialSettings, withDefaults } from './stabilize/settings.js';

/** The settings that decide how a clip is measured. */
type AnalysisSettings = Pick<
  PartialSettings,
  | 'estimator'
  | 'estimatorOptions'
  | 'mask'
  | 'region'
  | 'device'
  | 'deviceMemory'
  | 'decoder'
  | 'threads'
  | 'stream'
  | 'start'
  | 'end'
  | 'deinterlace'
  | 'timeout'
>;

/** How {@link analyzeFile} measures. */
export interface AnalyzeFileOptions extends AnalysisSettings, JobOptions {
  /** Goes on where an earlier call with the same settings ended: its motion, or the JSON file that holds it, and its state. */
  readonly resume?: { readonly motion: string | ClipMotion; readonly state?: Uint8Array | undefined } | undefined;
  /** Frames of the clip, counted from its first, after which it stops. Default: at the clip's end. */
  readonly endFrame?: number | undefined;
}

/** What {@link analyzeFile} measured. */
export interface AnalyzeFileResult {
  /** How the camera moved, from the clip's first frame on. `serializeMotion` of `@gimbal/core` makes JSON of it, bit for bit. */
  readonly motion: ClipMotion;
  /** What another call needs beside the motion to go on, in this process or another; absent when the clip has no more frames. */
  readonly state?: Uint8Array | undefined;
  /** Where frames were decoded and measured. */
  readonly placement: FramePlacement;
  /** What went wrong without ending the job. */
  readonly warnings: readonly JobWarning[];
}

/**
 * Measures the camera's motion through a clip, as `stabilizeFile` does, and nothing else. Measured part after part, each call going on from the
 * one before, it is the same motion bit for bit, on the same kind of device. Runs in an engine thread of its own; with an estimator given as
 * an object in the caller's thread.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an end that is not after what was measured before, for a state that is damaged, belongs
 * to another motion or was saved with other options, and for an estimator that cannot save its state where one is needed;
 * `GIMBAL_E_MOTION_FILE` when what is to be resumed belongs to another clip; else as `stabilizeFile`.
 */
export async function analyzeFile(input: string, options: AnalyzeFileOptions = {}): Promise<AnalyzeFileResult> {
  const { signal, onProgress, resume, endFrame, ...given } = options;
  const settings = withDefaults(given);
  // A Buffer may be a piece of something larger, which would cross whole.
  const known = resume && { motion: resume.motion, state: resume.state && Uint8Array.from(resume.state) };
  const order: AnalyzeOrder = { input, settings, resume: known, endFrame };
  if (typeof settings.estimator !== 'string') {
    const { analyzeJob } = await import('./jobs/analyzeJob.js');
    return analyzeJob(order, { signal, onProgress: onProgress ?? (() => undefined) });
  }
  const { motion, ...outcome } = await runInEngine<PackedOutcome>('analyze', order, { signal, onProgress });
  return { ...outcome, motion: unpackMotion(motion) };
}

type PackedOutcome = Omit<AnalyzeFileResult, 'motion'> & { readonly motion: PackedMotion };

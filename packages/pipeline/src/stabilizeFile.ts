import type { ClipMotion, FrameSink, RenderPlan } from '@gimbal/core';
import type { Evaluation } from '@gimbal/metrics';
import { isPipe, receiveInput } from './clip/receiveInput.js';
import { type JobOptions, runInEngine } from './engine/engine.js';
import { type PackedMotion, type PackedPlan, unpackMotion, unpackPlan } from './engine/packedResult.js';
import type { JobWarning } from './jobs/jobParts.js';
import type { StabilizeOrder } from './jobs/stabilizeOrder.js';
import { checkMeasurable, measureOutput } from './stabilize/measureOutput.js';
import { type PartialSettings, withDefaults } from './stabilize/settings.js';
import type { StabilizeSummary } from './stabilize/stabilizeSummary.js';

/** How {@link stabilizeFile} makes a clip steady. */
export interface StabilizeFileOptions extends PartialSettings, JobOptions {
  /** An earlier analysis of the same clip, or the JSON file that holds it. */
  readonly motion?: string | ClipMotion | undefined;
  /** Writes the measured motion as JSON. */
  readonly exportMotion?: string | undefined;
  /** Writes the camera path: a name that ends in `.json`, or a folder for a COLMAP text model. */
  readonly exportTrajectory?: string | undefined;
  /** Measures the finished file from its decoded pixels, which takes about as long again. */
  readonly evaluate?: boolean | undefined;
}

/** What {@link stabilizeFile} did. */
export interface StabilizeFileResult {
  /** How the camera moved. */
  readonly motion: ClipMotion;
  /** How each frame was shown. */
  readonly plan: RenderPlan;
  /** Counts, seconds, where the work was done, and what could not be kept. Plain values. */
  readonly summary: StabilizeSummary;
  /** What went wrong without ending the job: damaged packets, a device that failed. */
  readonly warnings: readonly JobWarning[];
  /** Where it was asked for and could be had. */
  readonly evaluation?: Evaluation | undefined;
}

/**
 * Makes a clip steady, as `gimbal stabilize` does. The whole job runs in an engine thread of its own: the caller's thread hears of progress
 * and of the end, and does nothing for a frame. The output appears under its name only when it is complete.
 *
 * Parts given as objects (a plug-in as `estimator` or `smoother`, a sink as `output`) cannot cross between threads: with one of
 * them the whole job runs in the caller's thread, with the same result.
 * @param input Any file that FFmpeg decodes; a pipe, such as standard input (`-`), which is kept in a temporary file meanwhile.
 * @param output The file to write, .mp4, .mov, .mkv, .webm, .ts or .nut; `-` for standard output; or a sink of the caller's, which is finished or
 * aborted and not closed.
 * @throws GimbalError with any code: `GIMBAL_E_INPUT_…` and `GIMBAL_E_OUTPUT_…` for the files, `GIMBAL_E_DEVICE_…` for a device that was asked
 * for by name, `GIMBAL_E_PLUGIN_…` for the estimator, `GIMBAL_E_INVALID_ARGUMENT` for options that do not go together,
 * `GIMBAL_E_CANCELLED` on abort.
 */
export async function stabilizeFile(
  input: string,
  output: string | FrameSink,
  options: StabilizeFileOptions = {},
): Promise<StabilizeFileResult> {
  const { signal, onProgress, evaluate = false, motion, exportMotion, exportTrajectory, ...given } = options;
  const settings = withDefaults(given);
  const order: StabilizeOrder = { input, output, settings, motion, exportMotion, exportTrajectory };
  if (evaluate) checkMeasurable(output);
  // A pipe may take long to come: what can be refused is refused before.
  if (isPipe(input)) {
    const { checkBeforeReceiving } = await import('./stabilize/checkBeforeReceiving.js');
    await checkBeforeReceiving(order);
  }
  const received = await receiveInput(input, { signal, onProgress });
  try {
    const outcome = await run({ ...order, input: received.file }, { signal, onProgress });
    const { compare, deinterlace, stream, start, end } = settings;
    const stabilizedHalf = compare ? outcome.summary.outputSize : undefined;
    const measured = evaluate
      ? await measureOutput(received.file, output as string, {
          ...{ stabilizedHalf, deinterlace, stream, start, end },
          ...{ signal, onProgress },
        })
      : undefined;
    const warnings = [...outcome.warnings, ...(measured?.warnings ?? [])].map((warning) => ({
      ...warning,
      message: received.retold(warning.message),
    }));
    const notes = [...received.notes, ...outcome.summary.notes.map(received.retold)];
    const summary = { ...outcome.summary, input, notes, warnings };
    return unpacked({ ...outcome, summary, warnings, evaluation: measured?.evaluation });
  } catch (error) {
    throw received.retoldError(error);
  } finally {
    await received.remove();
  }
}

/** What a job hands over: motion and plan are packed where they crossed between threads. */
type Outcome = Omit<StabilizeFileResult, 'motion' | 'plan'> & {
  readonly motion: PackedMotion | ClipMotion;
  readonly plan: PackedPlan | RenderPlan;
};

async function run(order: StabilizeOrder, { signal, onProgress }: JobOptions): Promise<Outcome> {
  const { motion, output, settings } = order;
  const objects = [output, settings.estimator, settings.smoother].some((part) => typeof part !== 'string');
  if (objects) {
    const { stabilizeJob } = await import('./jobs/stabilizeJob.js');
    return stabilizeJob(order, { signal, onProgress: onProgress ?? (() => undefined) });
  }
  const crossing =
    typeof motion === 'object' ? { ...order, motion: { ...motion, times: motion.times.slice() } } : order;
  return runInEngine<Outcome>('stabilize', crossing, { signal, onProgress });
}

/** Unpacks motion and plan only when they are read: they have an object or more for every frame. */
function unpacked({ motion, plan, ...rest }: Outcome): StabilizeFileResult {
  let [ownMotion, ownPlan]: [ClipMotion?, RenderPlan?] = [];
  return {
    ...rest,
    get motion() {
      ownMotion ??= 'kinds' in motion ? unpackMotion(motion) : motion;
      return ownMotion;
    },
    get plan() {
      ownPlan ??= plan.warps instanceof Float64Array ? unpackPlan(plan as PackedPlan) : (plan as RenderPlan);
      return ownPlan;
    },
  };
}

import { receiveInput } from './clip/receiveInput.js';
import { type JobOptions, runInEngine } from './engine/engine.js';
import type { InterpolateOrder, InterpolateSummary } from './jobs/interpolateJob.js';
import { type PartialSettings, withDefaults } from './stabilize/settings.js';

/** The settings that say how the clip is read and stored. */
type ClipSettings = Pick<
  PartialSettings,
  | 'device'
  | 'threads'
  | 'stream'
  | 'start'
  | 'end'
  | 'deinterlace'
  | 'format'
  | 'codec'
  | 'pixelFormat'
  | 'crf'
  | 'preset'
  | 'overwrite'
>;

/** What {@link interpolateFile} makes: one of `fps`, `factor`, `slow`, `cfr` and `repair` at least. */
export interface InterpolateFileOptions
  extends ClipSettings,
    JobOptions,
    Partial<Pick<InterpolateOrder, 'fps' | 'factor' | 'slow' | 'cfr' | 'repair' | 'confidence'>> {
  /** `auto` (default): the best that runs here; `lite`; `camera`. */
  readonly interpolator?: string | undefined;
}

/**
 * Makes frames that were never filmed: another frame rate, slow motion, a steady rate of a clip with a varying one, the place of repeated
 * frames. Runs in an engine thread of its own. The output appears under its name only when it is complete. At the clip's own speed it keeps sound
 * and everything else; with `slow` it has the picture alone, and `notes` says so. Input and output may be `-` for the standard streams; a pipe that
 * comes in is kept in a temporary file meanwhile.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for options that contradict each other, `GIMBAL_E_DEVICE_UNAVAILABLE` for a CUDA device,
 * `GIMBAL_E_INPUT_…`, `GIMBAL_E_OUTPUT_…`, `GIMBAL_E_DISK_FULL`, `GIMBAL_E_CANCELLED`.
 */
export async function interpolateFile(
  input: string,
  output: string,
  options: InterpolateFileOptions = {},
): Promise<InterpolateSummary> {
  const { signal, onProgress, fps, factor, slow, cfr, repair, interpolator = 'auto', confidence, ...given } = options;
  const { device, threads, stream, start, end, deinterlace, format, codec, pixelFormat, crf, preset, overwrite } =
    withDefaults(given);
  const settings = {
    device,
    threads,
    stream,
    start,
    end,
    deinterlace,
    format,
    codec,
    pixelFormat,
    crf,
    preset,
    overwrite,
  };
  const received = await receiveInput(input, { signal, onProgress });
  const what = { fps, factor, slow, cfr, repair, interpolator, confidence };
  const order: InterpolateOrder = { input: received.file, output, ...what, settings };
  try {
    const summary = await runInEngine<InterpolateSummary>('interpolate', order, { signal, onProgress });
    const warnings = summary.warnings.map((one) => ({ ...one, message: received.retold(one.message) }));
    return { ...summary, input, warnings, notes: [...received.notes, ...summary.notes.map(received.retold)] };
  } catch (error) {
    throw received.retoldError(error);
  } finally {
    await received.remove();
  }
}

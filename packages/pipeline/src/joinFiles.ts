// `joinFiles`: parts that were rendered apart become one file.
import type { RenderPlan } from '@gimbal/core';
import type { JoinedVideos } from '@gimbal/video';
import { type JobOptions, runInEngine } from './engine/engine.js';
import type { JoinOrder } from './jobs/joinJob.js';
import { type PartialSettings, withDefaults } from './stabilize/settings.js';

/** The settings that say what of the input the parts show. */
type JoinSettings = Pick<PartialSettings, 'stream' | 'start' | 'end' | 'deinterlace' | 'overwrite'>;

/** How {@link joinFiles} joins. */
export interface JoinFilesOptions extends JoinSettings, JobOptions {}

/**
 * Puts parts that `renderFile` made of ranges into one file: packet by packet, nothing is encoded again. Time stamps, sound, subtitles,
 * chapters and tags are those of one run over the whole clip. Runs in an engine thread of its own. The output appears under its name only when
 * it is complete; the parts stay.
 * @param input The clip that the parts were made of: everything but the picture is taken from it.
 * @param parts Files in the order in which they are shown, together the whole plan, rendered with the same settings into one kind of container.
 * @param output The file to write, in the parts' kind of container.
 * @param plan The plan that they were rendered from, or the JSON file that holds it.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for parts that do not fit together or are not the whole clip, `GIMBAL_E_INPUT_…` for files
 * that cannot be read, `GIMBAL_E_MOTION_FILE` for a file that is no plan, `GIMBAL_E_OUTPUT_…`, `GIMBAL_E_DISK_FULL`, `GIMBAL_E_CANCELLED`.
 */
export async function joinFiles(
  input: string,
  parts: readonly string[],
  output: string,
  plan: string | RenderPlan,
  options: JoinFilesOptions = {},
): Promise<JoinedVideos> {
  const { signal, onProgress, ...given } = options;
  const { stream, start, end, deinterlace, overwrite } = withDefaults(given);
  const { times } = typeof plan === 'string' ? await (await import('./jobs/readRecord.js')).readPlan(plan) : plan;
  const order: JoinOrder = { input, parts, output, times: times.slice(), stream, start, end, deinterlace, overwrite };
  return runInEngine<JoinedVideos>('join', order, { signal, onProgress });
}

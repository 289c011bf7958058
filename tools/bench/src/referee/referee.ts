import { type Clip, sharedClips } from '../clips.js';
import { inParallel } from '../options.js';
import type { Verdict } from '../results.js';
import { writeResults } from '../results.js';
import { judgeClip, type Unfinished } from './judgeClip.js';
import { type JudgedClip, summaries } from './judgedClips.js';
import { openCvJudge } from './openCvMotion.js';
import { parseRefereeOptions, type RefereeOptions } from './refereeOptions.js';
import { printReferees } from './refereeTable.js';

/** Estimators compared by referees that share nothing with any of them: see {@link parseRefereeOptions} for the command line. */
export async function referee(args: readonly string[]): Promise<void> {
  let options: RefereeOptions;
  try {
    options = parseRefereeOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
    return;
  }
  const judge = await openCvJudge(options.python);
  if ('problem' in judge) {
    console.log(`skipped the second referee: ${judge.problem}`);
    return;
  }
  const clips = sharedClips(options.clips).slice(0, options.limit);
  if (clips.length === 0) return;
  const judged: JudgedClip[] = [];
  const failures: Unfinished[] = [];
  const seconds = { stabilize: 0, evaluate: 0, judge: 0 };
  const answers = await inParallel(options.jobs, clips, async (clip: Clip) => {
    const answer = await judgeClip(clip, options);
    console.error(`referee: ${clip.file}${answer.failures.length > 0 ? ' (failures)' : ''}`);
    return answer;
  });
  for (const answer of answers) {
    judged.push(answer.judged);
    failures.push(...answer.failures);
    for (const step of ['stabilize', 'evaluate', 'judge'] as const) seconds[step] += answer.seconds[step];
  }
  const summary = summaries(judged, options.estimators);
  printReferees(judged, options.estimators, summary, failures);
  const rows = { judge: judge.about, estimators: options.estimators, seconds, summary, failures, clips: judged };
  // Some of the clips are a trial, however they were chosen.
  const chosen = options.limit === undefined ? options.clips : [...options.clips, `first ${options.limit}`];
  writeResults('referee', verdictsOf(judged, options, failures), rows, { ...options, clips: chosen });
}

/** What the comparison rests on; who is steadier is no target of the bench's own. */
function verdictsOf(
  judged: readonly JudgedClip[],
  { estimators }: RefereeOptions,
  failures: readonly Unfinished[],
): Verdict[] {
  const outputs = judged.length * estimators.length;
  return [
    {
      figure: 'referee: outputs that were made and judged',
      target: String(outputs),
      measured: String(outputs - failures.length),
      reached: failures.length === 0,
    },
  ];
}

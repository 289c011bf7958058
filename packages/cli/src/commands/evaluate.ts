// `gimbal evaluate`: measures a stabilized clip against its original.
import { evaluateFile } from '@gimbal/pipeline';
import type { Command } from 'commander';
import { evaluationTable } from '../output/evaluationTable.js';
import { createProgressReporter } from '../output/progressReporter.js';
import type { CommandContext } from '../program/commandContext.js';
import { EXIT_CODE_HELP } from '../program/exitCodes.js';
import { addSettings, readFlags } from '../settings/parseFlags.js';

const HELP = `
Both files are decoded and measured by a referee of its own, so it does not matter who made the second one.

  stability   share of the motion's energy in low frequencies, 0 to 1, in both published definitions
  jitter      second difference of the frame corners' motion, px at 640 px width; lower is steadier
  cropping    share of the picture that is left, 0 to 1
  distortion  1: not distorted; the smaller the more

--start, --end, --stream and --deinterlace say what of the first file the second one shows, as they were given to gimbal stabilize.

Example:
  gimbal evaluate shaky.mp4 steady.mp4 --json > figures.json
`;

/** What was done to the first file before it was stabilized. */
const ORIGINAL = ['deinterlace', 'stream', 'start', 'end'] as const;

interface EvaluateOptions extends Record<string, unknown> {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addEvaluate(program: Command, { terminal, signal }: CommandContext): void {
  const command = program
    .command('evaluate')
    .description('Measure how steady a clip became: stability, jitter, cropping, distortion.')
    .argument('<original>', 'the clip as it was; - is standard input')
    .argument('<stabilized>', 'the same clip, made steady; - is standard input');
  addSettings(command, ORIGINAL)
    .option('--json', 'print the figures as JSON on stdout')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', HELP + EXIT_CODE_HELP)
    .action(async (original: string, stabilized: string, options: EvaluateOptions) => {
      const how = readFlags(options, ORIGINAL);
      const progress = createProgressReporter(terminal, options.quiet === true);
      try {
        const evaluation = await evaluateFile(original, stabilized, {
          ...how,
          onProgress: progress.update,
          signal,
        });
        progress.clear();
        if (options.json === true) {
          terminal.out(`${JSON.stringify({ ok: true, original, stabilized, evaluation }, null, 2)}\n`);
        } else terminal.out(evaluationTable(evaluation));
      } finally {
        progress.clear();
      }
    });
}

import { parseArgs } from 'node:util';

/** What `pipeline` may be told on the command line. */
export interface PipelineOptions {
  /** The clip to run on; 1080p that NVDEC decodes, for the figures. */
  readonly clip: string;
  /** A CUDA device, or `cpu` to see what the CPU path does. */
  readonly device: 'cpu' | 'cuda' | `cuda:${number}`;
  readonly runs: number;
  /** Where the Chrome trace goes; an SVG is written beside it. */
  readonly timeline: string | undefined;
  /** Where the figures go instead of `tools/bench/results/pipeline.json`. */
  readonly output: string | undefined;
}

export const PIPELINE_USAGE =
  'pipeline --clip FILE [--device cuda|cuda:N|cpu] [--runs N] [--timeline FILE.json] [--output FILE.json]';

/** @throws Error saying which option is missing or wrong. */
export function parsePipelineOptions(args: readonly string[]): PipelineOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clip: { type: 'string' },
      device: { type: 'string', default: 'cuda' },
      runs: { type: 'string', default: '7' },
      timeline: { type: 'string' },
      output: { type: 'string' },
    },
  });
  const { clip, device, timeline, output } = values;
  const runs = Number(values.runs);
  if (clip === undefined || !/^(cpu|cuda(:\d+)?)$/.test(device) || !(Number.isInteger(runs) && runs >= 1)) {
    throw new Error(PIPELINE_USAGE);
  }
  return { clip, device: device as PipelineOptions['device'], runs, timeline, output };
}

import { parseArgs } from 'node:util';
import { assignment } from './assignment.js';
import { fast } from './fast.js';
import { interpolation } from './interpolation/interpolation.js';
import { lean } from './lean.js';
import { learned } from './learned.js';
import { mace } from './mace/mace.js';
import { MACE_USAGE } from './mace/maceOptions.js';
import type { BenchOptions } from './options.js';
import { picture } from './picture.js';
import { pipeline } from './pipeline/pipeline.js';
import { PIPELINE_USAGE } from './pipeline/pipelineOptions.js';
import { referee } from './referee/referee.js';
import { REFEREE_USAGE } from './referee/refereeOptions.js';
import { type Verdict, writeResults } from './results.js';
import { robust } from './robust.js';
import { steady } from './steady.js';
import { truth } from './truth/truth.js';

const BENCHMARKS: Record<string, (options: BenchOptions) => Promise<Verdict[]>> = {
  robust,
  steady,
  truth,
  fast,
  lean,
  learned,
  interpolate: interpolation,
  whole,
  picture,
};

const USAGE = `npm run bench -- <${Object.keys(BENCHMARKS).join('|')}> [--clips WORD,WORD] [--runs N] [--frames N] [--jobs N] [--reuse] [-- options of gimbal stabilize]\nnpm run bench -- ${MACE_USAGE}\nnpm run bench -- ${PIPELINE_USAGE}\nnpm run bench -- ${REFEREE_USAGE}\nnpm run bench -- assignment`;

// It measures pairs of patches, not clips, and has options of its own.
if (process.argv[2] === 'mace') await mace(process.argv.slice(3));
// It measures one clip on one machine, in this process.
else if (process.argv[2] === 'pipeline') await pipeline(process.argv.slice(3));
// It solves matrices, and needs Python for the comparison.
else if (process.argv[2] === 'assignment') await assignment();
// It compares estimators, and needs Python.
else if (process.argv[2] === 'referee') await referee(process.argv.slice(3));
else await benchmark();

/** One of the benchmarks on clips. */
async function benchmark(): Promise<void> {
  const { values, positionals, tokens } = parseArgs({
    allowPositionals: true,
    tokens: true,
    options: {
      clips: { type: 'string', default: '' },
      runs: { type: 'string', default: '3' },
      frames: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      reuse: { type: 'boolean', default: false },
    },
  });
  // What stands after a `--` goes on to gimbal.
  const terminator = tokens.find((token) => token.kind === 'option-terminator');
  const extra = terminator === undefined ? [] : process.argv.slice(2).slice(terminator.index + 1);
  const [name] = positionals;
  const run = BENCHMARKS[name];
  if (run === undefined || positionals.length - extra.length !== 1) {
    console.error(USAGE);
    process.exit(2);
  }
  await run({
    clips: values.clips.split(',').filter(Boolean),
    frames: values.frames === undefined ? undefined : Math.max(1, Number(values.frames)),
    runs: Math.max(1, Number(values.runs)),
    jobs: Math.max(1, Number(values.jobs)),
    reuse: values.reuse,
    extra,
  });
}

/** Everything, one after the other; the verdicts once more at the end and in `whole.json`. */
async function whole(options: BenchOptions): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const [title, part] of Object.entries({ robust, steady, fast, lean })) {
    console.log(`\n# ${title}\n`);
    verdicts.push(...(await part(options)));
  }
  console.log('\n# all figures\n');
  writeResults('whole', verdicts, {}, options);
  return verdicts;
}

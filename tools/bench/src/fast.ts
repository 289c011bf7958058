import path from 'node:path';
import { vidstabProblem } from './environment.js';
import { stabilizeFile } from './gimbal.js';
import { type Cost, successfulRun } from './measuredRun.js';
import type { BenchOptions } from './options.js';
import { root, workFile } from './places.js';
import { type Verdict, writeResults } from './results.js';
import { type ScaledClip, scaledClips } from './scaledClips.js';
import { median, type Spread, spread } from './spread.js';
import { printTable } from './table.js';
import { SMOOTHING } from './vidstab.js';

const FRAMES = 300;
const PROBE = path.join(root, 'tools/bench/dist/probe.js');
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20'];

/** What is timed, in the order of a round. Every round runs all of them, so that slow moments of the machine hit all alike. */
function stages(clip: ScaledClip): Record<string, () => Promise<Cost>> {
  const motion = workFile('fast', `${path.basename(clip.path)}.motion.json`);
  const trf = workFile('fast', `${path.basename(clip.path)}.trf`);
  const output = (name: string) => workFile('fast', `${path.basename(clip.path)}.${name}.mp4`);
  const ffmpeg = (...args: string[]) =>
    successfulRun(['ffmpeg', '-v', 'error', '-nostdin', '-y', '-i', clip.path, '-map', '0:v:0', ...args]);
  const probe = (...args: string[]) => successfulRun([process.execPath, PROBE, ...args]);
  const detect = `vidstabdetect=result=${trf}`;
  const transform = `vidstabtransform=input=${trf}:smoothing=${SMOOTHING}:interpol=bilinear`;
  const none = ['-f', 'null', '-'];
  return {
    'ffmpeg decode': () => ffmpeg(...none),
    'gimbal decode': () => probe('decode', clip.path),
    vidstabdetect: () => ffmpeg('-vf', detect, ...none),
    'gimbal analyze': () => probe('analyze', clip.path, motion),
    vidstabtransform: () => ffmpeg('-vf', transform, ...none),
    'gimbal render': () => probe('render', clip.path, motion),
    'ffmpeg transcode': () => ffmpeg(...X264, output('transcode')),
    'vid.stab whole': async () => {
      const first = await ffmpeg('-vf', detect, ...none);
      const second = await ffmpeg('-vf', transform, ...X264, output('vidstab'));
      return {
        ...second,
        cpuSeconds: first.cpuSeconds + second.cpuSeconds,
        wallSeconds: first.wallSeconds + second.wallSeconds,
      };
    },
    'gimbal whole': () =>
      stabilizeFile(clip.path, output('gimbal'), [
        '--codec',
        'h264',
        '--preset',
        'veryfast',
        '--crf',
        '20',
        '--interpolation',
        'bilinear',
      ]),
  };
}

interface Row {
  readonly clip: string;
  readonly stage: string;
  /** CPU milliseconds a frame, start of the process included. */
  readonly cpu: Spread;
  /** Wall-clock milliseconds a frame. */
  readonly wall: Spread;
}

/** CPU time a frame at 1080p, stage by stage and whole, against vid.stab and a plain transcode. */
export async function fast(options: BenchOptions): Promise<Verdict[]> {
  const problem = vidstabProblem();
  if (problem !== undefined) {
    console.log(`skipped: ${problem}`);
    return [];
  }
  const length = options.frames ?? FRAMES;
  const clips = await scaledClips(options, length);
  if (clips.length === 0) return [];
  const rows: Row[] = [];
  const ratios: Record<string, number[]> = { analysis: [], rendering: [], transcode: [], vidstab: [] };
  for (const clip of clips) {
    const frames = JSON.parse((await successfulRun([process.execPath, PROBE, 'decode', clip.path])).stdout)
      .frames as number;
    const costs = new Map<string, Cost[]>();
    for (let round = 0; round < options.runs; round++) {
      for (const [stage, run] of Object.entries(stages(clip))) {
        const cost = await run();
        costs.set(stage, [...(costs.get(stage) ?? []), cost]);
        console.error(`fast: ${clip.clip} ${stage} ${((1000 * cost.cpuSeconds) / frames).toFixed(2)} ms/frame`);
      }
    }
    for (const [stage, runs] of costs) {
      const perFrame = (pick: (cost: Cost) => number) => spread(runs.map((run) => (1000 * pick(run)) / frames));
      rows.push({ clip: clip.clip, stage, cpu: perFrame((c) => c.cpuSeconds), wall: perFrame((c) => c.wallSeconds) });
    }
    const cpu = (stage: string) => median((costs.get(stage) ?? []).map((cost) => cost.cpuSeconds));
    const over = (stage: string, base: string) => cpu(stage) - cpu(base);
    ratios.analysis.push(over('gimbal analyze', 'gimbal decode') / over('vidstabdetect', 'ffmpeg decode'));
    ratios.rendering.push(over('gimbal render', 'gimbal decode') / over('vidstabtransform', 'ffmpeg decode'));
    ratios.transcode.push(cpu('gimbal whole') / cpu('ffmpeg transcode'));
    ratios.vidstab.push(cpu('gimbal whole') / cpu('vid.stab whole'));
  }
  printTable(
    ['clip', 'stage', 'CPU ms/frame', 'min', 'max', 'wall ms/frame', 'min', 'max'],
    rows.map(({ clip, stage, cpu, wall }) => [
      clip,
      stage,
      cpu.median,
      cpu.min,
      cpu.max,
      wall.median,
      wall.min,
      wall.max,
    ]),
  );
  const verdict = (figure: string, values: number[], limit: number): Verdict => ({
    figure: `fast: ${figure}, CPU time, worst of ${clips.length} clip(s)`,
    target: `≤ ${limit.toFixed(3)}`,
    measured: Math.max(...values).toFixed(3),
    reached: Math.max(...values) <= limit,
  });
  const verdicts = [
    verdict('analysis / vidstabdetect, both over decoding', ratios.analysis, 1 / 6),
    verdict('rendering (bilinear) / vidstabtransform, both over decoding', ratios.rendering, 1 / 3),
    verdict('whole run / plain transcode', ratios.transcode, 1.35),
    verdict("whole run / vid.stab's two passes", ratios.vidstab, 0.5),
  ];
  writeResults('fast', verdicts, { frames: length, rows, ratios }, options);
  return verdicts;
}

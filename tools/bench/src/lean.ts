import { rmSync } from 'node:fs';
import path from 'node:path';
import { stabilizeFile } from './gimbal.js';
import { successfulRun } from './measuredRun.js';
import type { BenchOptions } from './options.js';
import { root, workFile } from './places.js';
import { type Verdict, writeResults } from './results.js';
import { looped, scaledClips } from './scaledClips.js';
import { printTable } from './table.js';

/** Frames of the short clip; the long one has ten times as many. */
const FRAMES = 600;
const PROBE = path.join(root, 'tools/bench/dist/probe.js');

/** Peak memory of the whole command for a short and a long clip of 1080p, and how long the event loop is blocked at most. */
export async function lean(options: BenchOptions): Promise<Verdict[]> {
  const [clip] = await scaledClips(
    { ...options, clips: options.clips.length ? options.clips : ['Regular/bench'] },
    300,
  );
  if (clip === undefined) return [];
  const lengths = [1, 10].map((times) => times * (options.frames ?? FRAMES));
  const rows: { frames: number; peakMiB: number; wallSeconds: number }[] = [];
  const output = workFile('lean', 'steady.mp4');
  for (const frames of lengths) {
    const input = await looped(clip, frames);
    const cost = await stabilizeFile(input, output, ['--preset', 'veryfast']);
    rows.push({ frames, peakMiB: cost.peakBytes / 2 ** 20, wallSeconds: cost.wallSeconds });
    console.error(
      `lean: ${frames} frames ${(cost.peakBytes / 2 ** 20).toFixed(0)} MiB in ${cost.wallSeconds.toFixed(0)} s`,
    );
  }
  const probe = await successfulRun([process.execPath, PROBE, 'stabilize', await looped(clip, lengths[0]), output]);
  const loop = JSON.parse(probe.stdout) as { longestBlockMs: number; p999BlockMs: number };
  rmSync(output, { force: true });
  printTable(
    ['frames', 'peak MiB', 'seconds'],
    rows.map((row) => [String(row.frames), row.peakMiB, row.wallSeconds]),
  );
  const [short, long] = rows;
  const growth = long.peakMiB / short.peakMiB - 1;
  const verdicts = [
    {
      figure: `lean: peak memory, ${lengths[1]} against ${lengths[0]} frames of 1080p`,
      target: 'within 5 %',
      measured: `${(100 * growth).toFixed(1)} %`,
      reached: growth <= 0.05,
    },
    {
      figure: 'lean: peak memory',
      target: '< 500 MB',
      measured: `${((Math.max(short.peakMiB, long.peakMiB) * 2 ** 20) / 1e6).toFixed(0)} MB`,
      reached: Math.max(short.peakMiB, long.peakMiB) * 2 ** 20 < 500e6,
    },
    {
      figure: 'lean: longest block of the event loop',
      target: '≤ 20 ms',
      measured: `${loop.longestBlockMs.toFixed(1)} ms`,
      reached: loop.longestBlockMs <= 20,
    },
  ];
  writeResults('lean', verdicts, { clip: clip.clip, rows, loop }, options);
  return verdicts;
}

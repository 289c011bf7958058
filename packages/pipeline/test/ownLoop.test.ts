import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EstimatorPlugin } from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stabilizeFile } from '../src/index.js';
import { shakyClip } from './clips.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-loop-'));
const at = (name: string) => path.join(folder, name);
beforeAll(() => shakyClip(at('in.mp4'), { frames: 240, size: { width: 320, height: 240 } }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The kernel's account of the main thread: milliseconds on a processor, whatever else the machine does. */
const account = `/proc/self/task/${process.pid}/schedstat`;
const onProcessor = () => Number(readFileSync(account, 'utf8').split(' ')[0]) / 1e6;

it.skipIf(!existsSync(account))('does next to nothing in the thread of the caller', async () => {
  const options = { device: 'cpu', preset: 'ultrafast', overwrite: true } as const;
  const cost = async (more: { estimator?: EstimatorPlugin }) => {
    const before = onProcessor();
    const { summary } = await stabilizeFile(at('in.mp4'), at('out.mp4'), { ...options, ...more });
    expect(summary.frames).toBe(240);
    return onProcessor() - before;
  };
  // A part given as an object keeps the job in this thread; the first run of each loads what it needs.
  const inline = { estimator: classical as EstimatorPlugin };
  await cost(inline);
  await cost({});
  const [here, there] = [await cost(inline), await cost({})];
  console.log(`caller's thread: ${here.toFixed(0)} ms with the job in it, ${there.toFixed(1)} ms without`);
  expect(there).toBeLessThan(0.1 * here);
});

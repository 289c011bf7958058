import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EstimatorPlugin, Frame, FrameSink, HostFrame, Size } from '@gimbal/core';
import { GimbalError } from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { allocateHostFrame } from '@gimbal/native';
import { openVideo } from '@gimbal/video';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateFile, type StageProgress, stabilizeFile } from '../src/index.js';
import { CLIP_SIZE, shakyClip } from './clips.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-engine-'));
const at = (...names: string[]) => path.join(folder, ...names);
const input = at('shaky.mp4');
const onCpu = { device: 'cpu', preset: 'ultrafast', overwrite: true } as const;
beforeAll(() => shakyClip(input, { frames: 60 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder in which a job leaves nothing but what it should. */
function ownFolder(name: string): string {
  mkdirSync(at(name));
  return at(name);
}

describe('stabilizeFile', () => {
  it('makes a clip steady, tells of every stage, and gives motion, plan and summary', async () => {
    const output = at('steady.mp4');
    const seen: StageProgress[] = [];
    const { motion, plan, summary, warnings } = await stabilizeFile(input, output, {
      ...onCpu,
      onProgress: (progress) => void seen.push(progress),
    });
    expect([motion.times.length, motion.steps.length, plan.warps.length, plan.windows.length]).toEqual([
      60, 59, 60, 60,
    ]);
    expect(motion.size).toEqual(CLIP_SIZE);
    expect(summary).toMatchObject({ input, output, frames: 60, shots: 1, estimator: 'classical', warnings: [] });
    expect(warnings).toEqual([]);
    expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['analyze', 'smooth', 'render']);
    expect(seen.at(-1)).toEqual({ stage: 'render', done: 60, total: 60 });
    expect(seen.length).toBeLessThan(60);
    const { original, stabilized } = await evaluateFile(input, output);
    const rms = ({ jitter }: typeof original) => (jitter.status === 'measured' ? jitter.rms : Number.NaN);
    expect(rms(stabilized)).toBeLessThan(0.5 * rms(original));
  });

  it('gives the same file, motion and plan when a part is an object, in the caller thread', async () => {
    const [there, here] = [at('there.mp4'), at('here.mp4')];
    const [a, b] = [
      await stabilizeFile(input, there, onCpu),
      await stabilizeFile(input, here, { ...onCpu, estimator: classical as EstimatorPlugin }),
    ];
    expect(a.motion).toEqual(b.motion);
    expect(a.plan).toEqual(b.plan);
    expect(readFileSync(there).equals(readFileSync(here))).toBe(true);
  });

  it('takes an analysis instead of making one, as an object and as a file', async () => {
    const file = at('motion.json');
    const first = await stabilizeFile(input, at('first.mp4'), { ...onCpu, exportMotion: file });
    for (const motion of [file, first.motion]) {
      const seen: string[] = [];
      const onProgress = ({ stage }: StageProgress) => void seen.push(stage);
      await stabilizeFile(input, at('again.mp4'), { ...onCpu, motion, onProgress });
      expect(seen).not.toContain('analyze');
      expect(readFileSync(at('again.mp4')).equals(readFileSync(at('first.mp4')))).toBe(true);
    }
    expect(first.motion.steps).toHaveLength(59);
  });

  it('writes into a sink of the caller', async () => {
    const sink = new CountingSink();
    const { summary } = await stabilizeFile(input, sink, { ...onCpu, lookAhead: 0.5 });
    expect([summary.output, sink.written, sink.state]).toEqual([null, 60, 'finished']);
    const failing = new CountingSink(7);
    await expect(stabilizeFile(input, failing, onCpu)).rejects.toThrow('no more room');
    expect(failing.state).toBe('aborted');
  });

  it.each([
    ['GIMBAL_E_INPUT_NOT_FOUND', () => stabilizeFile(at('none.mp4'), at('x.mp4'), onCpu)],
    ['GIMBAL_E_OUTPUT_EXISTS', () => stabilizeFile(input, input.replace('shaky', 'motion'), { device: 'cpu' })],
    ['GIMBAL_E_OUTPUT_IS_INPUT', () => stabilizeFile(input, input, onCpu)],
    ['GIMBAL_E_INVALID_ARGUMENT', () => stabilizeFile(input, at('x.mp4'), { ...onCpu, lookAhead: 1, tripod: true })],
    ['GIMBAL_E_PLUGIN_NOT_FOUND', () => stabilizeFile(input, at('x.mp4'), { ...onCpu, estimator: 'nobody' })],
    ['GIMBAL_E_INPUT_NOT_FOUND', () => evaluateFile(input, at('none.mp4'))],
  ])('says %s with its code, as in one thread', async (code, job) => {
    await shakyClip(at('motion.mp4'), { frames: 4 });
    const error = await job().catch((thrown: unknown) => thrown);
    expect(GimbalError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code });
  });

  it('is cancelled at any time and leaves nothing behind', async () => {
    const own = ownFolder('cancelled');
    for (const stage of ['start', 'analyze', 'render']) {
      const control = new AbortController();
      const job = stabilizeFile(input, path.join(own, 'out.mp4'), {
        ...onCpu,
        signal: control.signal,
        onProgress: (progress) => progress.stage === stage && control.abort(),
      });
      if (stage === 'start') control.abort();
      await expect(job).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
      expect(readdirSync(own)).toEqual([]);
    }
  });

  it('runs several jobs side by side', async () => {
    const jobs = [1, 2, 3].map((n) => stabilizeFile(input, at(`side${n}.mp4`), onCpu));
    const results = await Promise.all(jobs);
    expect(results.map(({ summary }) => summary.frames)).toEqual([60, 60, 60]);
    expect(readFileSync(at('side1.mp4')).equals(readFileSync(at('side3.mp4')))).toBe(true);
  });
});

describe('a bare Node program', () => {
  it('stabilizes, and ends by itself', async () => {
    const own = ownFolder('bare');
    const ended =
      await program(`const { summary } = await stabilizeFile(${JSON.stringify(input)}, ${JSON.stringify(path.join(own, 'out.mp4'))},
  { device: 'cpu', preset: 'ultrafast' });
console.log(summary.frames);`);
    expect(ended).toEqual({ code: 0, printed: '60\n', said: '' });
    const video = await openVideo(path.join(own, 'out.mp4'));
    expect([video.info.frameCount, readdirSync(own)]).toEqual([60, ['out.mp4']]);
    await video.close();
  });

  it('may exit in the midst of a job, with its own code, and nothing is left', async () => {
    const own = ownFolder('exits');
    const job = `stabilizeFile(${JSON.stringify(input)}, ${JSON.stringify(path.join(own, 'out.mp4'))}, { device: 'cpu', onProgress })`;
    for (const code of [
      `const onProgress = undefined; ${job}.catch(() => undefined); process.exit(3);`,
      `const onProgress = undefined; ${job}.catch(() => undefined); setTimeout(() => process.exit(3), 150);`,
      `const onProgress = ({ stage }) => stage === 'analyze' && process.exit(3); await ${job};`,
      `const onProgress = ({ stage, done }) => stage === 'render' && done > 1 && process.exit(3); await ${job};`,
    ]) {
      expect(await program(code)).toEqual({ code: 3, printed: '', said: '' });
      expect(readdirSync(own)).toEqual([]);
    }
  });
});

/** Runs a module that has `stabilizeFile` of the built package; gives its exit code and what it printed. */
function program(code: string): Promise<{ code: number; printed: string; said: string }> {
  const built = pathToFileURL(path.resolve(import.meta.dirname, '../dist/index.js')).href;
  const whole = `import { stabilizeFile } from '${built}';\n${code}`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', whole], (error, printed, said) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), printed, said });
    });
  });
}

/** Counts pictures; has no room after so many. */
class CountingSink implements FrameSink {
  written = 0;
  state: 'new' | 'finished' | 'aborted' = 'new';
  private size: Size = { width: 0, height: 0 };

  constructor(private readonly room = Number.POSITIVE_INFINITY) {}

  async open(size: Size): Promise<void> {
    this.size = size;
  }

  allocate(like: Frame): HostFrame {
    return allocateHostFrame(like.format, this.size, like);
  }

  async write(frame: Frame): Promise<void> {
    frame.close();
    if (++this.written > this.room) throw new Error('no more room');
  }

  async finish(): Promise<void> {
    this.state = 'finished';
  }

  async abort(): Promise<void> {
    if (this.state === 'new') this.state = 'aborted';
  }
}

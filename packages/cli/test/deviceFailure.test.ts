import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HostFrame } from '@gimbal/core';
import { addonInfo } from '@gimbal/native';
import { videoInfo } from '@gimbal/video';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { repeatedClip, syntheticPictures } from '../../pipeline/src/transfers/syntheticClip.js';
import { shakyClip, writeClip } from '../../pipeline/test/clips.js';
import { writePlugin } from './pluginFiles.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-device-'));
const at = (name: string) => path.join(folder, name);
const input = at('in.mp4');
const output = at('out.mp4');
const frames = 40;
beforeAll(() => shakyClip(input, { frames, size: { width: 320, height: 240 } }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => rmSync(output, { force: true }));

const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`failing CUDA devices: skipped, ${unavailable}`);

const stabilize = (...more: string[]) =>
  runGimbal(['stabilize', input, output, '--overwrite', ...more], { cwd: folder });

/** What a run that went on with the CPU says, and that the clip is whole. */
async function expectWholeClip(ended: Awaited<ReturnType<typeof stabilize>>, failure: object): Promise<void> {
  expect(ended.code, ended.stderr).toBe(0);
  const report = JSON.parse(ended.stdout);
  expect(report).toMatchObject({ ok: true, frames, deviceFailure: failure });
  expect(report.warnings).toEqual([
    { code: 'device-failure', message: expect.stringMatching(/ on the CPU did the work: /) },
  ]);
  expect(ended.stderr.match(/on the CPU did the work/g)).toHaveLength(1);
  expect((await videoInfo(output)).frameCount).toBe(frames);
}

/** A run that stopped: the code, nothing under the output's name, nothing beside it. */
function expectCleanStop(ended: Awaited<ReturnType<typeof stabilize>>, code: RegExp): void {
  expect(ended.stderr).toMatch(code);
  expect([ended.code, existsSync(output)]).toEqual([6, false]);
  expect(readdirSync(folder).filter((name) => name.startsWith('out') || name.startsWith('.out'))).toEqual([]);
}

/** A package as the program itself loads it. */
const built = (name: string) => pathToFileURL(path.resolve(import.meta.dirname, `../../${name}/dist/index.js`)).href;

const lostAt = (frame: number) => `
  if (runtime.device !== 'cpu' && frame.index >= ${frame}) {
    throw Object.assign(new Error('the device is lost'), { code: 'GIMBAL_E_DEVICE_LOST', [Symbol.for('gimbal.error')]: true });
  }
  return still;`;

describe('an estimator whose device is lost', () => {
  it('goes on with the CPU under auto, and the run says so', async () => {
    const plugin = writePlugin(folder, 'lost', { estimate: lostAt(17) });
    const failure = { stage: 'analyze', frame: 16, code: 'GIMBAL_E_DEVICE_LOST' };
    await expectWholeClip(await stabilize('--estimator', plugin, '--json'), failure);
    const told = await stabilize('--estimator', plugin, '--verbose');
    expect(told.stdout).toMatch(/CUDA device +failed: from frame 16 of the analysis on the CPU/);
    expect(told.stderr).toMatch(/warning: From frame 16 of the analysis on the CPU did the work: the device is lost/);
  });

  it('shows the halves of a comparison as it would have been', async () => {
    const plugin = writePlugin(folder, 'lostToo', { estimate: lostAt(3) });
    const failure = { stage: 'analyze', frame: 2 };
    await expectWholeClip(await stabilize('--estimator', plugin, '--compare', '--json'), failure);
  });

  it('ends the run where the CPU was asked for', async () => {
    const plugin = writePlugin(folder, 'lostAnyway', {
      estimate: lostAt(5).replace("runtime.device !== 'cpu' && ", ''),
    });
    expectCleanStop(
      await stabilize('--estimator', plugin, '--device', 'cpu'),
      /the device is lost \(GIMBAL_E_DEVICE_LOST\)/,
    );
    // What takes over fails too.
    expectCleanStop(await stabilize('--estimator', plugin), /the device is lost \(GIMBAL_E_DEVICE_LOST\)/);
  });
});

/** A plug-in that hands the CUDA path an address that is no memory of the device: the context is lost for good. */
function writeCrashingPlugin(frame: number): string {
  const file = at('crashing.mjs');
  const classical = built('cuda-classical');
  writeFileSync(
    file,
    `import classical from '${classical}';
const nowhere = (frame) => ({ ...frame, memory: 'cuda', clone: () => nowhere(frame), planes: [{
  shape: [frame.height, frame.width], strides: [frame.width, 1], typestr: '|u1', pointer: 4096n, stream: 1n, device: 0,
}] });
export default { ...classical, meta: { ...classical.meta, name: 'crashing' }, create: async (options, context) => {
  const inner = await classical.create(options, context);
  const onCpu = !inner.memory.includes('cuda');
  return { name: 'crashing', memory: ['host'], dispose: () => inner.dispose(),
    estimate: (a, b, o) => onCpu || b.index < ${frame} ? inner.estimate(a, b, o) : inner.estimate(nowhere(a), nowhere(b), o) };
} };
`,
  );
  return file;
}

/** The classical estimator, which waits before a frame: it makes the file `waiting`, and goes on when there is a file `go`. */
function writeWaitingPlugin(frame: number) {
  const [plugin, waiting, go] = [at('patient.mjs'), at('waiting'), at('go')];
  writeFileSync(
    plugin,
    `import { existsSync, writeFileSync } from 'node:fs';
import classical from '${built('cuda-classical')}';
export default { ...classical, meta: { ...classical.meta, name: 'patient' }, create: async (options, context) => {
  const inner = await classical.create(options, context);
  return { name: 'patient', memory: inner.memory, dispose: () => inner.dispose(), async estimate(a, b, o) {
    if (b.index === ${frame}) writeFileSync('${waiting}', '');
    while (b.index === ${frame} && !existsSync('${go}')) await new Promise((resolve) => setTimeout(resolve, 20));
    return inner.estimate(a, b, o);
  } };
} };
`,
  );
  return { plugin, waiting, go };
}

const lastLine = (text: string) => text.trim().split('\n').at(-1);

/** A process that takes all memory of the first device until it is killed. */
async function takeAllMemory(): Promise<ChildProcess> {
  const file = at('hog.mjs');
  writeFileSync(
    file,
    `import { GRAY } from '${built('core')}';
import { createCudaFramePool } from '${built('native')}';
const held = [];
for (let rows = 1 << 16; rows >= 16; rows >>= 1) {
  const pool = createCudaFramePool(0, GRAY, { width: 1 << 16, height: rows });
  for (;;) {
    const frame = await pool.frame({ time: 0, index: 0 }).catch((error) => error);
    if (frame instanceof Error) { if (frame.code !== 'GIMBAL_E_DEVICE_MEMORY') throw frame; break; }
    held.push(frame);
  }
}
console.log('full');
setInterval(() => held.length, 1000);
`,
  );
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the process that takes the memory ended with ${code}`)));
  });
  return child;
}

describe.skipIf(unavailable !== '')('a real device', () => {
  it('that is lost is left for the CPU under auto, and named where it was insisted on', async () => {
    const plugin = writeCrashingPlugin(11);
    const failure = { stage: 'analyze', frame: expect.any(Number), code: 'GIMBAL_E_DEVICE_LOST' };
    await expectWholeClip(await stabilize('--estimator', plugin, '--json'), failure);
    rmSync(output);
    const insisted = await stabilize('--estimator', plugin, '--device', 'cuda');
    expectCleanStop(insisted, /The device is lost to this process.*\(GIMBAL_E_DEVICE_LOST\)/);
  }, 60_000);

  it('that is full from the start is left for the CPU under auto, and named where it was insisted on', async () => {
    const hog = await takeAllMemory();
    try {
      const ended = await stabilize('--device', 'auto', '--json');
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stderr.match(/warning: .*CPU did the work: .*--device-memory/g)).toHaveLength(1);
      expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, frames, warnings: [{ code: 'device-failure' }] });
      expect((await videoInfo(output)).frameCount).toBe(frames);
      rmSync(output);
      const insisted = await stabilize('--device', 'cuda');
      expectCleanStop(insisted, /error: .*free.*--device-memory.*\(GIMBAL_E_DEVICE_MEMORY\)/);
      console.log(`full from the start: ${lastLine(insisted.stderr)}`);
    } finally {
      hog.kill('SIGKILL');
    }
  }, 120_000);

  it('that fills up in mid-clip is left for the CPU under auto, and named with what is free where it was insisted on', async () => {
    const size = { width: 1920, height: 1080 };
    const shown = repeatedClip(await syntheticPictures(size), frames).frames() as AsyncIterable<HostFrame>;
    await writeClip(at('large.mp4'), shown, size);
    const { plugin, waiting, go } = writeWaitingPlugin(20);
    const whileFull = async (device: string) => {
      rmSync(waiting, { force: true });
      rmSync(go, { force: true });
      const flags = ['--overwrite', '--json', '--estimator', plugin, '--device', device];
      const ending = runGimbal(['stabilize', at('large.mp4'), output, ...flags], { cwd: folder });
      while (!existsSync(waiting)) await new Promise((resolve) => setTimeout(resolve, 20));
      const hog = await takeAllMemory().finally(() => writeFileSync(go, ''));
      const ended = await ending;
      hog.kill('SIGKILL');
      return ended;
    };
    const auto = await whileFull('auto');
    await expectWholeClip(auto, { code: 'GIMBAL_E_DEVICE_MEMORY' });
    console.log(`filled in mid-clip, auto: ${lastLine(auto.stderr)}`);
    rmSync(output);
    const insisted = await whileFull('cuda');
    // What was asked for is known of memory, not of a stream or an event; what is free always is.
    expectCleanStop(
      insisted,
      /error: .*(MB for .*|cudaErrorMemoryAllocation.*)MB .*free.*--device-memory.*\(GIMBAL_E_DEVICE_MEMORY\)/,
    );
    console.log(`filled in mid-clip, cuda: ${lastLine(insisted.stderr)}`);
  }, 180_000);

  it('that is not there is refused by number', async () => {
    const ended = await stabilize('--device', 'cuda:77');
    expectCleanStop(ended, /there is no cuda:77; this machine has \d+ CUDA devices?: cuda:0/);
  });
});

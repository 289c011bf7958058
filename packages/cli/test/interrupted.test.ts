import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shakyClip } from '../../pipeline/test/clips.js';
import { writePlugin } from './pluginFiles.js';
import { type Ended, runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-interrupt-'));
const input = path.join(folder, 'in.mp4');

beforeAll(() => shakyClip(input, { frames: 150, size: { width: 320, height: 240 } }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs until stderr says that a stage has begun, then presses Ctrl-C. */
function interruptAt(stage: RegExp, args: readonly string[], signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
  let pressed = false;
  return runGimbal(args, {
    onStderr: (soFar, child) => {
      if (pressed || !stage.test(soFar)) return;
      pressed = true;
      child.kill(signal);
    },
  });
}

it.skipIf(process.platform === 'win32')('the end of the terminal leaves nothing behind', async () => {
  const home = path.join(folder, 'hangup');
  mkdirSync(home);
  const ended = await interruptAt(/^render/m, ['stabilize', input, path.join(home, 'out.mp4')], 'SIGHUP');
  expect([ended.code, readdirSync(home)]).toEqual([130, []]);
});

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it.each([
    ['analyze', []],
    ['smooth', []],
    ['render', []],
    ['render', ['--look-ahead', '1']],
  ])('while it is at stage "%s" %j leaves nothing behind', async (stage, more) => {
    const home = path.join(folder, [stage, ...more].join(''));
    mkdirSync(home);
    const motion = path.join(home, 'motion.json');
    const ended = await interruptAt(new RegExp(`^${stage}`, 'm'), [
      'stabilize',
      input,
      path.join(home, 'out.mp4'),
      '--export-motion',
      motion,
      ...more,
    ]);
    expect(ended.stderr).toMatch(/error: Interrupted; nothing was left behind\. \(GIMBAL_E_CANCELLED\)\n$/);
    expect([ended.code, ended.stdout]).toEqual([130, '']);
    expect(readdirSync(home)).toEqual([]);
  });

  it('while the finished output is measured keeps that output', async () => {
    const home = path.join(folder, 'evaluate');
    mkdirSync(home);
    const ended = await interruptAt(/^evaluate/m, ['stabilize', input, path.join(home, 'out.mp4'), '--evaluate']);
    expect(ended.stderr).toMatch(
      /error: Interrupted while measuring; .*out\.mp4 is complete\. \(GIMBAL_E_CANCELLED\)\n$/,
    );
    expect([ended.code, ended.stdout]).toEqual([130, '']);
    expect(readdirSync(home)).toEqual(['out.mp4']);
  });

  it('while gimbal evaluate is at work', async () => {
    const ended = await interruptAt(/^evaluate/m, ['evaluate', input, input]);
    expect([ended.code, ended.stdout]).toEqual([130, '']);
    expect(ended.stderr).toMatch(/\(GIMBAL_E_CANCELLED\)/);
  });

  it('while a plug-in keeps it waiting', async () => {
    const home = path.join(folder, 'waiting');
    mkdirSync(home);
    const plugin = writePlugin(folder, 'waiting', {
      estimate: "process.stderr.write('waiting\\n'); return new Promise(() => setInterval(() => {}, 1000));",
    });
    const ended = await interruptAt(/^waiting/m, [
      'stabilize',
      input,
      path.join(home, 'out.mp4'),
      '--estimator',
      plugin,
    ]);
    expect(ended.code).toBe(130);
    expect(readdirSync(home)).toEqual([]);
  });

  it('pressed twice does not wait for anything', async () => {
    const plugin = writePlugin(folder, 'clinging', {
      estimate: "process.stderr.write('waiting\\n'); return new Promise(() => {});",
      dispose: 'return new Promise(() => setInterval(() => {}, 1000));',
    });
    let pressed = 0;
    const started = performance.now();
    let between = 0;
    const ended = await runGimbal(['stabilize', input, path.join(folder, 'twice.mp4'), '--estimator', plugin], {
      onStderr: (soFar, child) => {
        if (pressed > 0 || !/^waiting/m.test(soFar)) return;
        pressed = 1;
        child.kill('SIGINT');
        setTimeout(() => {
          between = performance.now() - started;
          child.kill('SIGINT');
        }, 300);
      },
    });
    expect(ended.code).toBe(130);
    expect(performance.now() - started - between).toBeLessThan(1500);
    expect(readdirSync(folder).filter((name) => name.includes('twice'))).toEqual([]);
  });
});

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shakyClip, writeTone } from '../../pipeline/test/clips.js';
import { ordinaryUser, runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-input-'));
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  await shakyClip(at('good.mp4'), { frames: 40 });
  const whole = readFileSync(at('good.mp4'));
  writeFileSync(at('truncated.mp4'), whole.subarray(0, Math.floor(whole.length * 0.6)));
  writeFileSync(at('empty.mp4'), '');
  writeFileSync(at('text.mp4'), 'This is not a video.\n'.repeat(50));
  writeFileSync(at('noise.mp4'), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 7) % 256)));
  // What a camera leaves behind when its battery dies: a type, and pictures without an index.
  const pictures = Buffer.concat([Buffer.from([0, 0, 0x40, 0]), Buffer.from('mdat'), whole.subarray(-4000)]);
  writeFileSync(at('headless.mp4'), Buffer.concat([whole.subarray(0, whole.readUInt32BE(0)), pictures]));
  mkdirSync(at('folder'));
  writeTone(at('tone.wav'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an input that cannot be used', () => {
  it.each([
    ['is missing', 'nowhere.mp4', /nowhere\.mp4/, 'GIMBAL_E_INPUT_NOT_FOUND'],
    ['is empty', 'empty.mp4', /is empty/, 'GIMBAL_E_INPUT_UNREADABLE'],
    ['is a text file', 'text.mp4', /text\.mp4/, 'GIMBAL_E_INPUT_NOT_VIDEO'],
    ['lost its index', 'headless.mp4', /index \(moov\) is missing/, 'GIMBAL_E_INPUT_TRUNCATED'],
    ['is noise', 'noise.mp4', /noise\.mp4/, 'GIMBAL_E_INPUT_NOT_VIDEO'],
    ['has sound only', 'tone.wav', /tone\.wav.*sound only/, 'GIMBAL_E_INPUT_NOT_VIDEO'],
  ])('%s', async (_, name, message, error) => {
    for (const args of [
      ['stabilize', at(name), at('out.mp4')],
      ['evaluate', at(name), at('good.mp4')],
    ]) {
      const ended = await runGimbal(args);
      expect(ended.stderr).toMatch(/^error: [^\n]+\n$/m);
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr).toContain(`(${error})`);
      expect([ended.code, ended.stdout]).toEqual([3, '']);
    }
    expect(readdirSync(folder).filter((file) => file.includes('out'))).toEqual([]);
  });

  it('is a folder where a file is expected', async () => {
    const measured = await runGimbal(['evaluate', at('folder'), at('good.mp4')]);
    expect(measured.stderr).toMatch(/^error: .*folder is a directory.*\(GIMBAL_E_INPUT_UNREADABLE\)\n$/m);
    expect(measured.code).toBe(3);
    // A folder of clips goes into a folder.
    const stabilized = await runGimbal(['stabilize', at('folder'), at('out.mp4')]);
    expect(stabilized.stderr).toMatch(/^error: .*out\.mp4 looks like a file.*\(GIMBAL_E_INVALID_ARGUMENT\)\n$/m);
    expect([stabilized.code, stabilized.stdout]).toEqual([2, '']);
    const empty = await runGimbal(['stabilize', at('folder'), at('outputs/')]);
    expect(empty.stderr).toMatch(/^error: There is no video in .*folder\. \(GIMBAL_E_INPUT_NOT_FOUND\)\n$/m);
    expect(empty.code).toBe(3);
    expect(readdirSync(folder).filter((file) => file.includes('out'))).toEqual([]);
  });

  it('may not be read', async (context) => {
    const uid = await ordinaryUser();
    if (uid === undefined) context.skip('there is no user here who may run the program but not read every file');
    writeFileSync(at('secret.mp4'), readFileSync(at('good.mp4')), { mode: 0o000 });
    chmodSync(folder, 0o755);
    const ended = await runGimbal(['stabilize', at('secret.mp4'), at('out.mp4')], { uid });
    expect(ended.stderr).toMatch(/error: .*secret\.mp4.*\(GIMBAL_E_INPUT_UNREADABLE\)/);
    expect(ended.code).toBe(3);
  });
});

describe('an input that ends too early', () => {
  it.each([[[]], [['--look-ahead', '0.3']]])(
    'is stabilized as far as it goes, with a warning and exit code 7 %j',
    async (more) => {
      const settings = ['--json', '--overwrite', ...more];
      const ended = await runGimbal(['stabilize', at('truncated.mp4'), at('part.mp4'), ...settings]);
      expect(ended.stderr).toMatch(/warning: .*(truncated|ends|damaged)/i);
      expect(ended.code).toBe(7);
      const report = JSON.parse(ended.stdout);
      expect(report).toMatchObject({ ok: false, exitCode: 7 });
      expect(report.frames).toBeGreaterThan(5);
      expect(report.frames).toBeLessThan(40);
      const copy = await runGimbal(['stabilize', at('part.mp4'), at('again.mp4'), ...settings]);
      expect(JSON.parse(copy.stdout)).toMatchObject({ ok: true, frames: report.frames, warnings: [] });
    },
  );

  it('is a success with --allow-truncated, still with the warning', async () => {
    const ended = await runGimbal(['stabilize', at('truncated.mp4'), at('allowed.mp4'), '--allow-truncated']);
    expect(ended.stderr).toMatch(/warning: /);
    expect(ended.code).toBe(0);
    expect(readdirSync(folder)).toContain('allowed.mp4');
  });
});

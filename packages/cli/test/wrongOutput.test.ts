import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { shakyClip } from '../../pipeline/test/clips.js';
import { ordinaryUser, runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-output-'));
const at = (name: string) => path.join(folder, name);
const stabilize = (output: string, ...more: string[]) => runGimbal(['stabilize', at('in.mp4'), output, ...more]);

beforeAll(() => shakyClip(at('in.mp4'), { frames: 20 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file system of its own, which goes when the test ends; `false` where the system does not allow it. */
function mountMemory(place: string, options: string): boolean {
  mkdirSync(place);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync('umount', [place]));
  return true;
}

describe('an output that cannot be written', () => {
  it('is the input, under any of its names', async () => {
    const before = readFileSync(at('in.mp4'));
    symlinkSync(at('in.mp4'), at('symbolic.mp4'));
    linkSync(at('in.mp4'), at('hard.mp4'));
    for (const name of ['in.mp4', `../${path.basename(folder)}/in.mp4`, 'symbolic.mp4', 'hard.mp4']) {
      const ended = await stabilize(`${folder}/${name}`, '--overwrite');
      expect(ended.stderr).toMatch(/error: .*\(GIMBAL_E_OUTPUT_IS_INPUT\)/);
      expect([ended.code, ended.stdout]).toEqual([4, '']);
    }
    expect(readFileSync(at('in.mp4')).equals(before)).toBe(true);
  });

  it('exists, unless --overwrite is given', async () => {
    writeFileSync(at('there.mp4'), 'precious');
    const refused = await stabilize(at('there.mp4'));
    expect(refused.stderr).toMatch(/error: .*there\.mp4 exists already.*overwrite.*\(GIMBAL_E_OUTPUT_EXISTS\)/);
    expect(refused.code).toBe(4);
    expect(readFileSync(at('there.mp4'), 'utf8')).toBe('precious');
    const allowed = await stabilize(at('there.mp4'), '--overwrite');
    expect(allowed.code).toBe(0);
    expect(readFileSync(at('there.mp4')).length).toBeGreaterThan(1000);
  });

  it('lies in a folder that does not exist', async () => {
    const ended = await stabilize(at('nowhere/out.mp4'));
    expect(ended.stderr).toMatch(/error: .*nowhere.*\(GIMBAL_E_OUTPUT_UNWRITABLE\)/);
    expect(ended.code).toBe(4);
  });

  it('is a folder', async () => {
    mkdirSync(at('folder.mp4'));
    const ended = await stabilize(at('folder.mp4'), '--overwrite');
    expect(ended.stderr).toMatch(/error: .*folder\.mp4.*\(GIMBAL_E_OUTPUT_UNWRITABLE\)/);
    expect(ended.code).toBe(4);
  });

  it('has a name that no container goes by', async () => {
    const ended = await stabilize(at('out.xyz'));
    expect(ended.stderr).toMatch(/error: .*"\.xyz".*\(GIMBAL_E_INVALID_ARGUMENT\)/);
    expect(ended.code).toBe(2);
  });

  it('lies where nothing may be written', async (context) => {
    if (!mountMemory(at('locked'), 'size=1m,ro')) context.skip('mounting a file system is not permitted here');
    const ended = await stabilize(at('locked/out.mp4'));
    expect(ended.stderr).toMatch(/error: .*locked.*\(GIMBAL_E_OUTPUT_UNWRITABLE\)/);
    expect(ended.code).toBe(4);
  });

  it('lies in a folder of somebody else', async (context) => {
    const uid = await ordinaryUser();
    if (uid === undefined) context.skip('there is no user here who may run the program but not write everywhere');
    mkdirSync(at('foreign'));
    chmodSync(folder, 0o755);
    chmodSync(at('foreign'), 0o555);
    const ended = await runGimbal(['stabilize', at('in.mp4'), at('foreign/out.mp4')], { uid });
    expect(ended.stderr).toMatch(/error: .*foreign.*\(GIMBAL_E_OUTPUT_UNWRITABLE\)/);
    expect(ended.code).toBe(4);
  });

  it('does not fit on the disk', async (context) => {
    if (!mountMemory(at('small'), 'size=16k')) context.skip('mounting a file system is not permitted here');
    const ended = await stabilize(at('small/out.mp4'), '--crf', '1');
    expect(ended.stderr).toMatch(/error: .*\(GIMBAL_E_DISK_FULL\)/);
    expect([ended.code, ended.stdout]).toEqual([4, '']);
    expect(readdirSync(at('small'))).toEqual([]);
  });

  it('is a side output in the way, found before the work begins', async () => {
    writeFileSync(at('motion.json'), '{}');
    const ended = await stabilize(at('side.mp4'), '--export-motion', at('motion.json'));
    expect(ended.stderr).toMatch(/^error: .*motion\.json exists.*\(GIMBAL_E_OUTPUT_EXISTS\)\n$/);
    expect(ended.code).toBe(4);
    const twice = await stabilize(at('side.mp4'), '--export-motion', at('side.mp4'));
    expect(twice.stderr).toMatch(/\(GIMBAL_E_OUTPUT_IS_INPUT\)/);
    expect(readdirSync(folder)).not.toContain('side.mp4');
  });
});

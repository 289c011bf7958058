import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shakyClip, writeTone } from '../../pipeline/test/clips.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-batch-'));
const at = (...names: string[]) => path.join(folder, ...names);

beforeAll(async () => {
  mkdirSync(at('clips', 'deeper'), { recursive: true });
  await shakyClip(at('clips', 'a.mp4'), { frames: 20 });
  await shakyClip(at('clips', 'b.mkv'), { frames: 24, seed: 2 });
  await shakyClip(at('clips', 'c.mp4'), { frames: 20, seed: 3 });
  copyFileSync(at('clips', 'b.mkv'), at('clips', 'c.MKV'));
  // Nothing but its index is left.
  copyFileSync(at('clips', 'a.mp4'), at('clips', 'broken.mp4'));
  truncateSync(at('clips', 'broken.mp4'), 2000);
  writeFileSync(at('clips', 'notes.txt'), 'holiday\n');
  writeFileSync(at('clips', '.hidden'), 'x');
  writeTone(at('clips', 'tone.wav'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('several clips', () => {
  it('each get a line, also one that fails and does not stop the others', async () => {
    const inputs = [at('clips', 'a.mp4'), at('absent.mp4'), at('clips', 'b.mkv')];
    const ended = await runGimbal(['stabilize', ...inputs, at('several')]);
    expect(ended.code).toBe(8);
    const lines = ended.stdout.replaceAll(folder, '').split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^ok \(0\) {2}\/clips\/a\.mp4 → \/several\/a\.mp4 {2}20 frames, jitter .* → .* px.*, [\d.]+ % kept, [\d.]+ s$/,
      ),
      expect.stringMatching(/^failed \(3\) {2}\/absent\.mp4 {2}There is no file .* \(GIMBAL_E_INPUT_NOT_FOUND\)$/),
      expect.stringMatching(/^ok \(0\) {2}\/clips\/b\.mkv → \/several\/b\.mkv {2}24 frames/),
      '2 of 3 clips stabilized into /several, 1 failed',
      '',
    ]);
    expect(readdirSync(at('several'))).toEqual(['a.mp4', 'b.mkv']);
  });

  it('of one name, or onto themselves, are refused before any work', async () => {
    mkdirSync(at('other'));
    copyFileSync(at('clips', 'a.mp4'), at('other', 'a.mp4'));
    const same = await runGimbal(['stabilize', at('clips', 'a.mp4'), at('other', 'a.mp4'), at('never/')]);
    expect([same.code, same.stderr]).toEqual([2, expect.stringMatching(/would both become .*never\/a\.mp4/)]);
    const onto = await runGimbal(['stabilize', at('other'), at('other'), '--overwrite']);
    expect([onto.code, onto.stderr]).toEqual([4, expect.stringMatching(/would be replaced by its own output/)]);
    const file = await runGimbal(['stabilize', at('clips'), at('other', 'a.mp4')]);
    expect([file.code, file.stderr]).toEqual([2, expect.stringMatching(/go into a folder, but .*a\.mp4.* is a file/)]);
    const motion = await runGimbal(['stabilize', at('clips'), at('never/'), '--export-motion', at('m.json')]);
    expect([motion.code, motion.stderr]).toEqual([2, expect.stringMatching(/--export-motion belongs to one clip/)]);
    expect(existsSync(at('never'))).toBe(false);
  });

  it('leave no folder behind where all of them fail', async () => {
    const ended = await runGimbal(['stabilize', at('x.mp4'), at('y.mp4'), at('nothing')]);
    expect([ended.code, existsSync(at('nothing'))]).toEqual([8, false]);
  });
});

describe('a folder', () => {
  it('is gone through; what is no clip is passed over and listed', async () => {
    const ended = await runGimbal(['stabilize', at('clips'), at('steady/'), '--json', '-q']);
    const { ok, exitCode, clips, skipped } = JSON.parse(ended.stdout.replaceAll(`${folder}/`, ''));
    expect([ended.code, ok, exitCode]).toEqual([8, false, 8]);
    expect(skipped).toEqual([
      { file: 'clips/deeper', reason: 'a folder' },
      { file: 'clips/notes.txt', reason: expect.stringMatching(/^no video: /) },
      { file: 'clips/tone.wav', reason: 'no video: it holds sound only' },
    ]);
    expect(clips.map(({ ok, input, output }: Record<string, unknown>) => [ok, input, output])).toEqual([
      [true, 'clips/a.mp4', 'steady/a.mp4'],
      [true, 'clips/b.mkv', 'steady/b.mkv'],
      [false, 'clips/broken.mp4', 'steady/broken.mp4'],
      [true, 'clips/c.MKV', 'steady/c.MKV'],
      [true, 'clips/c.mp4', 'steady/c.mp4'],
    ]);
    expect(clips[2].error).toMatchObject({ code: 'GIMBAL_E_INPUT_UNSUPPORTED', exitCode: 3 });
    expect(readdirSync(at('steady'))).toEqual(['a.mp4', 'b.mkv', 'c.MKV', 'c.mp4']);
  });

  it('with a container for all keeps apart what would be called alike', async () => {
    const ended = await runGimbal(['stabilize', at('clips'), at('all-mkv'), '--format', 'mkv']);
    expect(ended.code).toBe(8);
    expect(ended.stdout).toMatch(/^skipped .*notes\.txt {2}no video: .*$/m);
    expect(ended.stdout).toMatch(/^4 of 5 clips stabilized into .*all-mkv, 1 failed, 3 skipped$/m);
    expect(readdirSync(at('all-mkv'))).toEqual(['a.mkv', 'b.mkv', 'c.MKV.mkv', 'c.mp4.mkv']);
  });

  it('without a clip is refused', async () => {
    mkdirSync(at('empty'));
    const ended = await runGimbal(['stabilize', at('empty'), at('out/')]);
    expect([ended.code, ended.stderr]).toEqual([3, expect.stringMatching(/There is no video in .*empty/)]);
  });

  it('as the output of one clip gives it the name of the clip', async () => {
    mkdirSync(at('into'));
    const ended = await runGimbal(['stabilize', at('clips', 'a.mp4'), at('into'), '-q']);
    expect([ended.code, statSync(at('into', 'a.mp4')).isFile()]).toEqual([0, true]);
  });

  it('can be interrupted: what is complete stays, nothing else', async () => {
    let pressed = false;
    const ended = await runGimbal(['stabilize', at('clips'), at('interrupted')], {
      onStderr: (soFar, child) => {
        if (pressed || !/^2 of 5: /m.test(soFar)) return;
        pressed = true;
        child.kill('SIGINT');
      },
    });
    expect([ended.code, ended.stderr]).toEqual([
      130,
      expect.stringMatching(/Interrupted at .*b\.mkv; 1 of 5 clips are complete/),
    ]);
    expect(readdirSync(at('interrupted'))).toEqual(['a.mp4']);
  });
});

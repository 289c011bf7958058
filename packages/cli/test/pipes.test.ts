import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openVideo } from '@gimbal/video';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shakyClip } from '../../pipeline/test/clips.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-pipes-'));
const at = (name: string) => path.join(folder, name);
const input = at('in.mp4');
// Where the program keeps what comes through a pipe.
const spool = at('spool');
const env = { TMPDIR: spool };

beforeAll(async () => {
  mkdirSync(spool);
  await shakyClip(input, { frames: 40 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Counts a clip's pictures, and sums their luma. */
async function content(
  file: string,
): Promise<{ readonly frames: number; readonly luma: number; readonly container: string }> {
  const source = await openVideo(file);
  let [frames, luma] = [0, 0];
  for await (const frame of source.frames()) {
    frames++;
    luma += frame.planes[0].data.reduce((sum, value) => sum + value, 0) / 1e6;
    frame.close();
  }
  await source.close();
  return { frames, luma, container: source.info.container };
}

describe('a clip through standard input', () => {
  it('becomes what its file becomes, is kept no longer than the run, and says so once', async () => {
    const stdin = readFileSync(input);
    // libx264 writes pictures this small twice alike with its fastest presets only.
    const alike = ['--preset', 'ultrafast'];
    const piped = await runGimbal(['stabilize', '-', at('piped.mp4'), ...alike], { stdin, env });
    const plain = await runGimbal(['stabilize', input, at('plain.mp4'), '-q', ...alike]);
    expect([piped.code, plain.code]).toEqual([0, 0]);
    expect(piped.stderr.match(/note: A pipe can be read once only: [\d.]+ MB .*temporary file/g)).toHaveLength(1);
    expect(piped.stdout).toMatch(/piped\.mp4 {2}160×120, 40 frames\n/);
    expect(readFileSync(at('piped.mp4'))).toEqual(readFileSync(at('plain.mp4')));
    expect(readdirSync(spool)).toEqual([]);
  });

  it('can be measured with the run, and by gimbal evaluate', async () => {
    const stdin = readFileSync(input);
    const measured = await runGimbal(['stabilize', '-', at('measured.mp4'), '--evaluate', '--json', '-q'], {
      stdin,
      env,
    });
    const { evaluation, ...report } = JSON.parse(measured.stdout);
    expect(report).toMatchObject({ ok: true, input: '-', frames: 40 });
    const after = await runGimbal(['evaluate', '-', at('measured.mp4'), '--json', '-q'], { stdin, env });
    expect(JSON.parse(after.stdout).evaluation).toEqual(evaluation);
    expect(readdirSync(spool)).toEqual([]);
    const both = await runGimbal(['evaluate', '-', '-'], { stdin, env });
    expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/Standard input \(-\) holds one clip/)]);
  });

  it.skipIf(process.platform === 'win32')('may come by the name of a pipe', async () => {
    const { execFileSync } = await import('node:child_process');
    const main = path.resolve(import.meta.dirname, '../bin/gimbal.js');
    const line = `"$0" ${main} stabilize <(cat ${input}) ${at('named.mp4')} -q`;
    execFileSync('bash', ['-c', line, process.execPath], { env: { ...process.env, ...env }, timeout: 50_000 });
    expect((await content(at('named.mp4'))).frames).toBe(40);
    expect(readdirSync(spool)).toEqual([]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 3, /standard input \(-\) is empty\. \(GIMBAL_E_INPUT_UNREADABLE\)/],
    ['a text', Buffer.from('no video at all\n'), 3, /but standard input \(-\) is none.*\(GIMBAL_E_INPUT_NOT_VIDEO\)/],
  ])('that is %s fails and leaves nothing', async (_what, stdin, code, message) => {
    const ended = await runGimbal(['stabilize', '-', at('never.mp4')], { stdin, env });
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(message)]);
    expect([readdirSync(spool), existsSync(at('never.mp4'))]).toEqual([[], false]);
  });

  it('is not waited for where the output is refused anyway', async () => {
    writeFileSync(at('there.mp4'), 'precious');
    const stdin = Buffer.alloc(10);
    for (const [name, message] of [
      ['there.mp4', /exists already/],
      ['out.avi', /extension/],
      ['absent/out.mp4', /no folder/],
    ] as const) {
      const ended = await runGimbal(['stabilize', '-', at(name)], { stdin, stdinStaysOpen: true, env });
      expect(ended.stderr).toMatch(message);
    }
  });

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGHUP', 'SIGTERM'] as const)(
    'ends with %s, and what was kept goes',
    async (signal) => {
      const ended = await runGimbal(['stabilize', '-', at('stopped.mp4')], {
        stdin: readFileSync(input),
        stdinStaysOpen: true,
        env,
        onStderr: (soFar, child) => void (/^receive/m.test(soFar) && child.kill(signal)),
      });
      expect([ended.code, ended.stdout]).toEqual([130, '']);
      expect([readdirSync(spool), existsSync(at('stopped.mp4'))]).toEqual([[], false]);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'goes in the midst of the work too, also when nobody waits for it',
    async () => {
      for (const times of [1, 2]) {
        const ended = await runGimbal(['stabilize', '-', at('stopped.mp4')], {
          stdin: readFileSync(input),
          env,
          onStderr: (soFar, child) => {
            if (/^analyze/m.test(soFar)) for (let i = 0; i < times; i++) child.kill('SIGINT');
          },
        });
        expect([ended.code, readdirSync(spool), existsSync(at('stopped.mp4'))]).toEqual([130, [], false]);
      }
    },
  );
});

describe('a clip on standard output', () => {
  it.each([
    [[], 'matroska,webm'],
    [['--format', 'mpegts'], 'mpegts'],
    [['--format', 'nut'], 'nut'],
    [['--format', 'mp4'], 'mov,mp4,m4a,3gp,3g2,mj2'],
    [['--format', 'webm'], 'matroska,webm'],
  ])('%j holds the pictures of a file, and nothing else', async (more, container) => {
    // libx264 writes pictures this small twice alike with its fastest presets only.
    const ended = await runGimbal(['stabilize', input, '-', '--preset', 'ultrafast', ...more]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/^standard output {2}160×120, 40 frames\n {2}Jitter/m);
    expect(ended.stderr).not.toMatch(/Svt/);
    writeFileSync(at('out.bin'), ended.bytes);
    const got = await content(at('out.bin'));
    expect([got.frames, got.container]).toEqual([40, container]);
    if (more.includes('webm')) return;
    const plain = await runGimbal(['stabilize', input, at('plain.mkv'), '--preset', 'ultrafast', '-q', '--overwrite']);
    expect(plain.code).toBe(0);
    expect(got.luma).toBeCloseTo((await content(at('plain.mkv'))).luma, 6);
  });

  it('says everything else on stderr, JSON too', async () => {
    const ended = await runGimbal(['stabilize', input, '-', '--json', '-q']);
    expect(JSON.parse(ended.stderr)).toMatchObject({ ok: true, output: '-', frames: 40 });
    expect(ended.bytes.subarray(0, 4).toString('hex')).toBe('1a45dfa3');
    const failed = await runGimbal(['stabilize', at('absent.mp4'), '-', '--json']);
    expect([failed.code, failed.stdout]).toEqual([3, '']);
    expect(failed.stderr).toContain('GIMBAL_E_INPUT_NOT_FOUND');
    const wrong = await runGimbal(['stabilize', input, '-', '--json', '--strength', '9']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  });

  it('refuses containers that are completed at their start, and what reads the output', async () => {
    const mov = await runGimbal(['stabilize', input, '-', '--format', 'mov']);
    expect([mov.code, mov.stdout]).toEqual([2, '']);
    expect(mov.stderr).toMatch(/error: A mov file is completed at its start.*matroska, webm, mpegts, nut/);
    const measured = await runGimbal(['stabilize', input, '-', '--evaluate']);
    expect([measured.code, measured.stdout]).toEqual([2, '']);
    expect(measured.stderr).toMatch(/error: --evaluate measures the finished file/);
  });

  it.skipIf(process.platform === 'win32')('says so where its reader goes away', async () => {
    const { spawnSync } = await import('node:child_process');
    const main = path.resolve(import.meta.dirname, '../bin/gimbal.js');
    const line = `"$0" ${main} stabilize ${input} - -q | head -c 100 > /dev/null; exit \${PIPESTATUS[0]}`;
    const ended = spawnSync('bash', ['-c', line, process.execPath], { encoding: 'utf8', timeout: 50_000 });
    expect([ended.status, ended.stderr]).toEqual([4, expect.stringMatching(/closed it before the clip was complete/)]);
  });

  it.skipIf(process.platform === 'win32')('can be interrupted while nobody reads it', async () => {
    await shakyClip(at('large.mp4'), { frames: 60, size: { width: 640, height: 480 } });
    let pressed = false;
    // Lossless: more than a pipe holds.
    const args = ['stabilize', at('large.mp4'), '-', '--codec', 'ffv1'];
    const ended = await runGimbal(args, {
      stdoutUnread: true,
      onStderr: (soFar, child) => {
        if (pressed || !/^render/m.test(soFar)) return;
        pressed = true;
        setTimeout(() => child.kill('SIGINT'), 1500);
      },
    });
    expect(ended.code).toBe(130);
  });
});

it('gimbal interpolate reads a pipe and writes one', async () => {
  const stdin = readFileSync(input);
  const ended = await runGimbal(['interpolate', '-', '-', '--factor', '2', '--interpolator', 'camera'], { stdin, env });
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('kept in a temporary file');
  expect(ended.stderr).toMatch(/^standard output {2}79 frames/m);
  writeFileSync(at('between.mkv'), ended.bytes);
  expect((await content(at('between.mkv'))).frames).toBe(79);
});

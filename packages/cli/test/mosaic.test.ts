import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openVideo } from '@gimbal/video';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shakyClip } from '../../pipeline/test/clips.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-mosaic-'));
const at = (name: string) => path.join(folder, name);
const input = at('in.mp4');
beforeAll(() => shakyClip(input, { frames: 20 }), 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pictures of one colour each, as Netpbm keeps them, and a file that is none. */
function pictures(name: string, count: number): string {
  mkdirSync(at(name));
  for (let k = 0; k < count; k++) {
    const colour = Buffer.from([(k * 53) % 256, (k * 97) % 256, (k * 29) % 256]);
    const pixels = Buffer.alloc(16 * 16 * 3, colour);
    writeFileSync(path.join(at(name), `${k}.ppm`), Buffer.concat([Buffer.from('P6\n16 16\n255\n'), pixels]));
  }
  writeFileSync(path.join(at(name), 'broken.jpg'), 'no picture');
  return at(name);
}

async function timesOf(file: string): Promise<number[]> {
  const source = await openVideo(file);
  const times: number[] = [];
  for await (const frame of source.frames()) {
    times.push(frame.time);
    frame.close();
  }
  await source.close();
  return times;
}

describe('gimbal mosaic', () => {
  it('reads a pipe and writes one, and says everything else on stderr', async () => {
    const stdin = readFileSync(input);
    const made = ['mosaic', '-', '-', '--grid', '16x9', '--preset', 'ultrafast'];
    const { code, bytes, stderr } = await runGimbal(made, { stdin });
    expect([code, stderr.includes('standard output  16×9 cells, 20 frames')]).toEqual([0, true]);
    expect(stderr).toContain('kept in a temporary file');
    writeFileSync(at('piped.mkv'), bytes);
    expect(await timesOf(at('piped.mkv'))).toHaveLength(20);
  }, 120_000);

  it('makes a mosaic of generated tiles with the time stamps of the input', async () => {
    const output = at('generated.mp4');
    const { code, stdout, stderr } = await runGimbal([
      'mosaic',
      input,
      output,
      '--grid',
      '32x18',
      '--json',
      '--preset',
      'ultrafast',
      '--carry',
    ]);
    expect([code, stderr.includes('error')]).toEqual([0, false]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      ok: true,
      exitCode: 0,
      frames: 20,
      grid: { cols: 32, rows: 18 },
      tiles: { count: 3000 },
    });
    expect(report.gap.worst).toBeLessThanOrEqual(0.001);
    expect(report.changed).toHaveLength(20);
    expect(await timesOf(output)).toEqual(await timesOf(input));
  });

  it('makes one of the pictures in a folder, which it reads once, and lists what is none', async () => {
    const photos = pictures('photos', 40);
    const built = await runGimbal(['tiles', 'build', photos]);
    expect(built.code).toBe(0);
    expect(built.stdout).toMatch(/40 tiles, 0 near duplicates left out, 1 files skipped/);
    expect(built.stderr).toMatch(/warning: no tile of broken\.jpg/);
    const output = at('photos.mp4');
    const few = await runGimbal(['mosaic', input, output, '--tiles', photos, '--grid', '10x10']);
    expect(few.code).toBe(2);
    expect(few.stderr).toMatch(/A reuse of 3 would do/);
    expect(existsSync(output)).toBe(false);
    const { code, stdout } = await runGimbal([
      'mosaic',
      input,
      output,
      '--tiles',
      photos,
      '--grid',
      '10x10',
      '--reuse',
      '3',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('10×10 cells, 20 frames');
    expect(readFileSync(output).length).toBeGreaterThan(1000);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const output = at('never.mp4');
    const before = readdirSync(folder).length;
    let asked = false;
    const { code } = await runGimbal(['mosaic', input, output], {
      onStderr: (soFar, child) => {
        if (!asked && soFar.includes('mosaic')) asked = child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(readdirSync(folder)).toHaveLength(before);
  });

  it('says what is wrong', { timeout: 180_000 }, async () => {
    const output = at('wrong.mp4');
    for (const [args, message] of [
      [['--grid', '5'], /--grid expects cells across and down/],
      [['--stay', 'much'], /--stay expects a number from 0 to 10/],
      [['--look', 'loud'], /--look expects one of natural, vivid/],
      [['--tiles', at('nowhere')], /cannot be read/],
      [['--cost', at('nowhere.mjs')], /does not load/],
    ] as const) {
      const { code, stderr } = await runGimbal(['mosaic', input, output, ...args]);
      expect(code).toBeGreaterThan(1);
      expect(stderr).toMatch(message);
    }
    expect(existsSync(output)).toBe(false);
  });
});

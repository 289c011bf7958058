import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import { YUV420P } from '@gimbal/core';
import { allocateHostFrame } from '@gimbal/native';
import { openVideo } from '@gimbal/video';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictures, shakyClip, writeClip } from '../../pipeline/test/clips.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-interpolate-'));
const at = (name: string) => path.join(folder, name);
const input = at('in.mp4');
beforeAll(() => shakyClip(input, { frames: 10 }), 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Times and mean lumas of a file's frames. */
async function read(file: string): Promise<{ times: number[]; lumas: number[]; size: string; rate: number }> {
  const source = await openVideo(file);
  const [times, lumas]: [number[], number[]] = [[], []];
  for await (const frame of source.frames()) {
    const { data, width, height, stride } = (frame as HostFrame).planes[0];
    let sum = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) sum += data[y * stride + x];
    times.push(frame.time);
    lumas.push(sum / (width * height));
    frame.close();
  }
  const { width, height, frameRate } = source.info;
  await source.close();
  return { times, lumas, size: `${width}×${height}`, rate: frameRate };
}

function* flat(count: number, size: { width: number; height: number }, luma = 16): Generator<HostFrame> {
  for (let i = 0; i < count; i++) {
    const frame = allocateHostFrame(YUV420P, size, { index: i, time: i / 30 });
    frame.planes.forEach((plane, p) => {
      plane.data.fill(p === 0 ? luma : 128);
    });
    yield frame;
  }
}

describe('gimbal interpolate', { timeout: 180_000 }, () => {
  it('makes 60 frames a second, on the tick', async () => {
    const output = at('sixty.mp4');
    const { code, stdout } = await runGimbal([
      'interpolate',
      input,
      output,
      '--fps',
      '60',
      '--json',
      '--preset',
      'ultrafast',
    ]);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      ok: true,
      exitCode: 0,
      frameRate: { input: 30, output: 60 },
      frames: { read: 10, written: 20, kept: 10, made: 9, nearest: 1, atEnd: 1, cuts: 0 },
    });
    expect(['lite', 'camera']).toContain(report.interpolator);
    const { times } = await read(output);
    expect(times).toHaveLength(20);
    for (const [k, time] of times.entries()) expect(Math.abs(time - k / 60)).toBeLessThan(1e-6);
  });

  it('makes slow motion, and says that the sound is left out', async () => {
    const output = at('slow.mp4');
    const args = ['interpolate', input, output, '--slow', '3', '--interpolator', 'camera', '--preset', 'ultrafast'];
    const { code, stdout, stderr } = await runGimbal(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/30 → 30 a second, 3 times slower/);
    expect(stderr).toMatch(/note: Left out: sound, subtitles and chapters/);
    const { times } = await read(output);
    expect(times).toHaveLength(28);
    expect(times[27]).toBeCloseTo((9 / 30) * 3, 3);
  });

  it('never mixes two shots, and repairs repeated frames', async () => {
    const cut = at('cut.mp4');
    const [a, b] = [1, 5];
    await writeClip(cut, pictures([a, a, a, b, b, b].map((seed, index) => ({ seed, index }))));
    const mixed = await runGimbal([
      'interpolate',
      cut,
      at('cut60.mp4'),
      '--factor',
      '4',
      '--json',
      '--preset',
      'ultrafast',
    ]);
    expect(JSON.parse(mixed.stdout).frames).toMatchObject({ cuts: 1, atCuts: 3, written: 21 });
    const stutter = at('stutter.mp4');
    await writeClip(stutter, pictures([0, 1, 2, 2, 4, 5].map((index) => ({ index }))));
    const repaired = await runGimbal([
      'interpolate',
      stutter,
      at('repaired.mp4'),
      '--repair',
      '--json',
      '--preset',
      'ultrafast',
    ]);
    expect(JSON.parse(repaired.stdout).frames).toMatchObject({ read: 6, repeats: 1, kept: 5, made: 1 });
  });

  it('has a sensible answer to small, odd, black and short clips', async () => {
    for (const [name, count, size, wanted] of [
      ['one', 1, { width: 64, height: 48 }, 1],
      ['two', 2, { width: 64, height: 48 }, 3],
      ['black', 5, { width: 64, height: 48 }, 9],
      ['odd', 3, { width: 66, height: 50 }, 5],
      ['least', 3, { width: 2, height: 2 }, 5],
    ] as const) {
      const [clip, output] = [at(`${name}.mkv`), at(`${name}-out.mkv`)];
      await writeClip(clip, flat(count, size), size);
      const { code, stderr } = await runGimbal(['interpolate', clip, output, '--factor', '2', '--preset', 'ultrafast']);
      expect([name, code]).toEqual([name, 0]);
      if (count === 1) expect(stderr).toMatch(/one frame: there is nothing between/);
      const { times, lumas } = await read(output);
      expect([name, times.length]).toEqual([name, wanted]);
      for (const luma of lumas) expect(Math.abs(luma - 16)).toBeLessThan(1);
    }
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const long = at('long.mp4');
    await shakyClip(long, { frames: 40, size: { width: 320, height: 240 } });
    const before = readdirSync(folder).length;
    let asked = false;
    const { code } = await runGimbal(['interpolate', long, at('never.mp4'), '--factor', '8'], {
      onStderr: (soFar, child) => {
        if (!asked && soFar.includes('interpolate')) asked = child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(readdirSync(folder)).toHaveLength(before);
  });

  it('says what is wrong', async () => {
    const output = at('wrong.mp4');
    for (const [args, exit, message] of [
      [[], 2, /Say what is to be made: --fps/],
      [['--fps', 'fast'], 2, /Expected a frame rate/],
      [['--factor', '1.5'], 2, /--factor expects a whole number from 1 to 64/],
      [['--factor', '2', '--fps', '60'], 2, /contradict/],
      [['--factor', '2', '--cfr'], 2, /contradict/],
      [['--slow', '0'], 2, /--slow expects/],
      [['--fps', '60', '--interpolator', 'magic'], 5, /No interpolator is called "magic"/],
      [['--fps', '60', '--device', 'cuda'], 6, /on the CPU only/],
    ] as const) {
      const { code, stderr } = await runGimbal(['interpolate', input, output, ...args]);
      expect([args, code]).toEqual([args, exit]);
      expect(stderr).toMatch(message);
    }
    const { code } = await runGimbal(['interpolate', at('nowhere.mp4'), output, '--fps', '60']);
    expect(code).toBe(3);
    expect(existsSync(output)).toBe(false);
  });
});

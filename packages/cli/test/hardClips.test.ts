import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLIP_SIZE, picture, pictures, shakyClip, writeClip } from '../../pipeline/test/clips.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-clips-'));
const at = (name: string) => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Stabilizes and returns what \`--json\` said, after checking that it went well and that the output is what it claims to be. */
async function stabilized(name: string, ...more: string[]) {
  const output = at(`steady-${name}`);
  const ended = await runGimbal(['stabilize', at(name), output, '--json', '--evaluate', '--overwrite', ...more]);
  expect(ended.stderr).not.toContain('error:');
  expect(ended.code).toBe(0);
  return { report: JSON.parse(ended.stdout), stderr: ended.stderr, output };
}

/** A texture that does not repeat within the frame. */
const texture = (x: number, y: number) =>
  128 + 50 * Math.sin(x * 0.31 + y * 0.07) + 40 * Math.cos(y * 0.23 - x * 0.11 + 1);

describe('clips that are hard', () => {
  it.each([1, 2])('%i frame(s)', async (frames) => {
    await shakyClip(at(`${frames}.mp4`), { frames });
    const { report, stderr } = await stabilized(`${frames}.mp4`);
    expect(report).toMatchObject({ ok: true, frames, shots: 1 });
    expect(stderr).not.toMatch(/UNEXPECTED/);
  });

  it.each([
    { width: 1, height: 1 },
    { width: 2, height: 2 },
    { width: 161, height: 121 },
    { width: 159, height: 120 },
  ])('$width×$height pixels', async (size) => {
    const name = `${size.width}x${size.height}.mkv`;
    await writeClip(
      at(name),
      range(6).map((i) => picture((x, y) => texture(x + 2 * i, y), i, size)),
      size,
      { codec: 'ffv1' },
    );
    const { report } = await stabilized(name, '--codec', 'ffv1');
    expect(report).toMatchObject({ ok: true, frames: 6, inputSize: size, outputSize: size });
  });

  it('odd sizes, encoded as H.264', async () => {
    const size = { width: 161, height: 121 };
    await writeClip(
      at('odd.mkv'),
      range(6).map((i) => picture((x, y) => texture(x + 2 * i, y), i, size)),
      size,
      { codec: 'ffv1' },
    );
    const output = at('steady-odd.mp4');
    const ended = await runGimbal(['stabilize', at('odd.mkv'), output, '--json']);
    expect(ended.stderr).not.toContain('error:');
    const again = await runGimbal(['stabilize', output, at('steady-odd-2.mp4'), '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ frames: 6, inputSize: { width: 160, height: 120 } });
    expect(JSON.parse(ended.stdout).notes.join()).toMatch(/161×121 is cut to 160×120/);
  });

  it('a resolution that changes in mid-stream', async () => {
    // FFmpeg reads images in this format one after the other, whatever the size of each.
    const image = (width: number, height: number, shift: number) => {
      const samples = Buffer.alloc((width * height * 3) / 2, 128);
      for (let i = 0; i < width * height; i++) samples[i] = texture((i % width) + shift, Math.floor(i / width));
      return Buffer.concat([Buffer.from(`P5\n${width} ${(height * 3) / 2}\n255\n`), samples]);
    };
    writeFileSync(
      at('grows.pgmyuv'),
      Buffer.concat([...range(8).map((i) => image(160, 120, i)), ...range(8).map((i) => image(240, 180, i))]),
    );
    const ended = await runGimbal(['stabilize', at('grows.pgmyuv'), at('grown.mp4'), '--json']);
    expect(ended.stderr).not.toContain('error:');
    expect(ended.code).toBe(0);
    const report = JSON.parse(ended.stdout);
    expect(report).toMatchObject({ frames: 16, inputSize: CLIP_SIZE, outputSize: CLIP_SIZE });
    expect(report.warnings).toEqual([expect.objectContaining({ code: 'resolution-change' })]);
    expect(ended.stderr).toMatch(/warning: .*changes to 240×180 at frame 8/);
  });

  it('all black', async () => {
    await writeClip(
      at('black.mp4'),
      range(12).map((i) => picture(() => 16, i)),
    );
    const { report } = await stabilized('black.mp4');
    expect(report).toMatchObject({ frames: 12, shots: 1, planned: { kept: 1 } });
  });

  it('static', async () => {
    await writeClip(
      at('static.mp4'),
      range(12).map((i) => picture(texture, i)),
    );
    const { report } = await stabilized('static.mp4');
    expect(report).toMatchObject({ frames: 12, shots: 1 });
    expect(report.planned.kept).toBeGreaterThan(0.99);
    expect(report.evaluation.original.isStatic).toBe(true);
  });

  it('scene cuts', async () => {
    const order = [
      ...range(20).map((index) => ({ index, seed: 1 })),
      ...range(20).map((index) => ({ index, seed: 5 })),
    ];
    await writeClip(at('cuts.mp4'), pictures(order));
    const { report } = await stabilized('cuts.mp4');
    expect(report).toMatchObject({ frames: 40, shots: 2 });
  });

  it('duplicated frames', async () => {
    const order = range(30).map((i) => ({ index: i - (i % 3 === 2 ? 1 : 0) }));
    await writeClip(at('duplicates.mkv'), pictures(order), CLIP_SIZE, { codec: 'ffv1' });
    const { report } = await stabilized('duplicates.mkv', '--codec', 'ffv1', '--export-motion', at('duplicates.json'));
    expect(report).toMatchObject({ frames: 30, shots: 1, duplicateFrames: 10 });
  });

  it('flashes', async () => {
    const frames = [];
    for await (const frame of pictures(range(30).map((index) => ({ index })))) frames.push(frame);
    const flashed = frames.map((frame, i) => (i === 10 || i === 20 ? picture(() => 235, i) : frame));
    await writeClip(at('flashes.mp4'), flashed);
    const { report } = await stabilized('flashes.mp4');
    expect(report).toMatchObject({ frames: 30, shots: 1 });
  });
});

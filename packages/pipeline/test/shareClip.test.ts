import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  type EstimatorPlugin,
  GimbalError,
  type HostFrame,
  parseMotion,
  parsePlan,
  serializeMotion,
  serializePlan,
} from '@gimbal/core';
import { renderSyntheticClip } from '@gimbal/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import phase from '../../../examples/gimbal-estimator-phase/src/index.js';
import { analyzeFile, joinFiles, planMotion, renderFile, stabilizeFile } from '../src/index.js';
import { CLIP_SIZE, picture, writeClip } from './clips.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-share-'));
const at = (name: string) => path.join(folder, name);
const input = at('clip.mp4');
const FRAMES = 48;
/** A flash, at whose second frame an analysis below is split: a gap is open then. */
const FLASH = [20, 21];
const hasFfmpeg = spawnSync('ffprobe', ['-version']).status === 0;
if (!hasFfmpeg) console.warn('pipeline: joined files are not compared, ffmpeg is not installed.');
const settings = { device: 'cpu', preset: 'ultrafast', overwrite: true, border: 'mirror', maxCrop: 0.1 } as const;

async function* flashing(): AsyncGenerator<HostFrame> {
  for await (const frame of renderSyntheticClip({ frames: FRAMES, size: CLIP_SIZE, seed: 3, shake: 8 }).frames()) {
    if (!FLASH.includes(frame.index)) yield frame;
    else yield picture(() => 235, frame.index);
  }
}

beforeAll(async () => {
  await writeClip(at('silent.mp4'), flashing());
  if (hasFfmpeg) {
    const sound = `-v error -y -i ${at('silent.mp4')} -f lavfi -i sine=d=1.6 -c:v copy -c:a aac -metadata title=Shared ${input}`;
    execFileSync('ffmpeg', sound.split(' '));
  } else await writeClip(input, flashing());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const built = pathToFileURL(path.resolve(import.meta.dirname, '../dist/index.js')).href;
const core = pathToFileURL(path.resolve(import.meta.dirname, '../../core/dist/index.js')).href;

/** Runs a module in a process of its own. */
async function inProcess(code: string): Promise<void> {
  const whole = `import { readFileSync, writeFileSync } from 'node:fs';
import { serializeMotion, serializePlan } from '${core}';
import { analyzeFile, planMotion, renderFile } from '${built}';
const at = (name) => ${JSON.stringify(`${folder}/`)} + name;
const input = at('clip.mp4');
const settings = ${JSON.stringify(settings)};
${code}`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', whole]);
}

const packets = (file: string, stream: string): Readonly<Record<string, string>>[] => {
  const line = `-v error -of json -select_streams ${stream} -show_packets -show_data_hash md5 ${file}`;
  return JSON.parse(execFileSync('ffprobe', line.split(' '), { encoding: 'utf8' })).packets;
};
const stamps = (file: string) => packets(file, 'v:0').map(({ pts, dts, duration }) => [pts, dts, duration]);
const sound = (file: string) => packets(file, 'a:0').map(({ pts, dts, data_hash }) => [pts, dts, data_hash]);
const pictures = (file: string) => {
  const line = `-v error -i ${file} -map 0:v:0 -fps_mode passthrough -f framemd5 -`;
  return execFileSync('ffmpeg', line.split(' '), { encoding: 'utf8' })
    .split('\n')
    .filter((row) => !row.startsWith('#'));
};

describe('processes that share a clip', () => {
  it('measure and plan what one run measures and plans, bit for bit', async () => {
    const single = await stabilizeFile(input, at('single.mp4'), settings);
    expect(single.motion.steps.slice(19, 22).map(({ reason }) => reason)).toEqual(
      new Array(3).fill(expect.stringContaining('do not match')),
    );
    await inProcess(`const { motion, state } = await analyzeFile(input, { ...settings, endFrame: 22 });
writeFileSync(at('first.json'), serializeMotion(motion)); writeFileSync(at('first.state'), state);`);
    expect(parseMotion(readFileSync(at('first.json'), 'utf8')).times).toHaveLength(22);
    await inProcess(`const resume = { motion: at('first.json'), state: readFileSync(at('first.state')) };
const { motion, state } = await analyzeFile(input, { ...settings, resume });
if (state !== undefined) throw new Error('not complete');
writeFileSync(at('motion.json'), serializeMotion(motion));
writeFileSync(at('plan.json'), serializePlan(await planMotion(at('motion.json'), settings)));`);
    expect(parseMotion(readFileSync(at('motion.json'), 'utf8'))).toEqual(single.motion);
    expect(parsePlan(readFileSync(at('plan.json'), 'utf8'))).toEqual(single.plan);
    // An analysis that starts anew there would be another one.
    const fresh = await analyzeFile(input, { ...settings, endFrame: 22 });
    expect(serializeMotion(fresh.motion)).toBe(readFileSync(at('first.json'), 'utf8'));
  });

  it.skipIf(!hasFfmpeg).each([
    ['mkv', { codec: 'ffv1' }],
    ['mp4', { codec: 'h264', crf: 0, start: 0.31, end: 1.4 }],
  ] as const)('render ranges which, joined, are the single run: .%s', async (extension, encoding) => {
    const whole = at(`whole.${extension}`);
    const { plan } = await stabilizeFile(input, whole, { ...settings, ...encoding });
    writeFileSync(at('shared.json'), serializePlan(plan));
    const frames = plan.times.length;
    const ranges = [
      { start: 0, end: 15 },
      { start: 15, end: 16 },
      { start: 16, end: frames },
    ];
    const parts = ranges.map((_, i) => at(`part-${i}.${extension}`));
    await Promise.all(
      ranges.map((range, i) =>
        inProcess(`const options = { ...settings, ...${JSON.stringify(encoding)}, range: ${JSON.stringify(range)} };
const { frames } = await renderFile(input, ${JSON.stringify(parts[i])}, at('shared.json'), options);
if (frames !== ${range.end - range.start}) throw new Error(frames + ' frames');`),
      ),
    );
    const joined = at(`joined.${extension}`);
    const seen: unknown[] = [];
    const onProgress = (progress: unknown) => void seen.push(progress);
    const result = await joinFiles(input, parts, joined, plan, { ...encoding, overwrite: true, onProgress });
    expect(frames).toBe(extension === 'mkv' ? FRAMES : 32);
    expect(result).toEqual({ frames, notes: [], warnings: [] });
    expect([seen[0], seen.at(-1)]).toEqual([
      { stage: 'join', done: 0, total: frames },
      { stage: 'join', done: frames, total: frames },
    ]);
    expect(pictures(joined)).toEqual(pictures(whole));
    expect(stamps(joined)).toEqual(stamps(whole));
    expect(sound(joined)).toEqual(sound(whole));
    expect(sound(joined).length).toBeGreaterThan(20);
  });

  it('a whole rendering from a plan is the file of the single run', async () => {
    const { plan } = await stabilizeFile(input, at('whole.mp4'), settings);
    const summary = await renderFile(input, at('again.mp4'), parsePlan(serializePlan(plan)), settings);
    expect(readFileSync(at('again.mp4')).equals(readFileSync(at('whole.mp4')))).toBe(true);
    expect(summary).toMatchObject({ input, output: at('again.mp4'), frames: FRAMES, outputSize: plan.output });
    expect(summary.range).toEqual({ start: 0, end: FRAMES });
  });

  it('hear what cannot be done, and leave nothing behind', async () => {
    const { plan, motion } = await stabilizeFile(input, at('whole.mp4'), settings);
    const part = await analyzeFile(input, { ...settings, endFrame: 10 });
    const damaged = { ...part, state: part.state?.subarray(0, 50) };
    const other = { ...settings, estimatorOptions: { seed: 2 }, resume: part };
    const estimator = phase as EstimatorPlugin;
    const before = readdirSync(folder);
    const out = at('out.mp4');
    for (const [code, message, job] of [
      ['GIMBAL_E_INPUT_NOT_FOUND', /none.mp4/, () => analyzeFile(at('none.mp4'))],
      ['GIMBAL_E_INVALID_ARGUMENT', /not all of them/, () => analyzeFile(input, { ...settings, resume: damaged })],
      ['GIMBAL_E_INVALID_ARGUMENT', /option seed = 1/, () => analyzeFile(input, other)],
      [
        'GIMBAL_E_INVALID_ARGUMENT',
        /received the end 10/,
        () => analyzeFile(input, { ...settings, resume: part, endFrame: 10 }),
      ],
      [
        'GIMBAL_E_INVALID_ARGUMENT',
        /cannot save what it carries/,
        () => analyzeFile(input, { ...settings, estimator, endFrame: 5 }),
      ],
      ['GIMBAL_E_MOTION_FILE', /ENOENT/, () => planMotion(at('none.json'))],
      ['GIMBAL_E_MOTION_FILE', /must be JSON/, () => planMotion(input)],
      ['GIMBAL_E_INVALID_ARGUMENT', /crop budget/, () => planMotion(motion, { maxCrop: 2 })],
      ['GIMBAL_E_MOTION_FILE', /Not a usable plan/, () => renderFile(input, out, input, settings)],
      [
        'GIMBAL_E_INVALID_ARGUMENT',
        /received 4 to 99/,
        () => renderFile(input, out, plan, { ...settings, range: { start: 4, end: 99 } }),
      ],
      [
        'GIMBAL_E_INVALID_ARGUMENT',
        /not in mpegts/,
        () => renderFile(input, at('out.ts'), plan, { ...settings, range: { start: 4, end: 9 } }),
      ],
      ['GIMBAL_E_OUTPUT_EXISTS', /whole.mp4/, () => renderFile(input, at('whole.mp4'), plan, { device: 'cpu' })],
      ['GIMBAL_E_INVALID_ARGUMENT', /no parts/, () => joinFiles(input, [], out, plan)],
    ] as const) {
      const error = await job().catch((thrown: unknown) => thrown);
      expect([GimbalError.isInstance(error), (error as GimbalError).message]).toEqual([
        true,
        expect.stringMatching(message),
      ]);
      expect((error as GimbalError).code).toBe(code);
    }
    for (const stage of ['analyze', 'render'] as const) {
      const control = new AbortController();
      const options = { ...settings, signal: control.signal, onProgress: () => control.abort() };
      const job = stage === 'analyze' ? analyzeFile(input, options) : renderFile(input, out, plan, options);
      await expect(job).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    }
    expect(readdirSync(folder)).toEqual(before);
  });
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIP_SIZE, shakyClip } from '../../pipeline/test/clips.js';
import { runGimbal } from './runGimbal.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-commands-'));
const at = (name: string) => path.join(folder, name);
const input = at('in.mp4');
beforeAll(() => shakyClip(input, { frames: 45 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('gimbal', () => {
  it('explains itself, on stdout', async () => {
    for (const args of [[], ['--help'], ['stabilize', '--help']]) {
      const { code, stdout, stderr } = await runGimbal(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('gimbal stabilize shaky.mp4 steady.mp4');
      expect(stdout).toContain('Exit codes:');
    }
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect((await runGimbal(['--version'])).stdout).toBe(`${version}\n`);
  });

  it.each([
    [
      ['stabilize', 'a.mp4', 'b.mp4', '--stength', '1'],
      /error: unknown option '--stength' \(Did you mean --strength\?\)/,
    ],
    [['stabilise', 'a.mp4', 'b.mp4'], /error: unknown command 'stabilise' \(Did you mean stabilize\?\)/],
    [['stabilize', 'a.mp4'], /error: missing required argument 'output'/],
    [['stabilize', 'a.mp4', 'b.mp4', 'c.mp4'], /error: Several clips go into a folder; name one last\. c\.mp4 looks/],
    [['stabilize', '-', 'b.mp4', 'folder'], /error: A pipe \(-\) holds one clip/],
    [['evaluate', 'a.mp4', 'b.mp4', 'c.mp4'], /error: too many arguments/],
    [
      ['stabilize', 'a.mp4', 'b.mp4', '--strength', '7'],
      /error: --strength expects a number from 0 to 1; received "7"/,
    ],
    [
      ['stabilize', 'a.mp4', 'b.mp4', '--max-crop', '80%'],
      /error: --max-crop expects a fraction from 0 to 0\.5, or a percentage/,
    ],
    [
      ['stabilize', 'a.mp4', 'b.mp4', '--zoom', 'some'],
      /error: --zoom expects one of static, dynamic, none; received "some"/,
    ],
    [['stabilize', input, 'b.mp4', '--codec', 'magic'], /error: .*magic/],
    [['stabilize', input, 'b.mp4', '--device', 'cpu', '--decoder', 'nvdec'], /error: Decoder 'nvdec' .*device 'cpu'/],
    [['stabilize', 'a.mp4', 'b.mp4', '--tripod', '--smoother', 'gaussian'], /error: --tripod .*--smoother/],
    [['stabilize', 'a.mp4', 'b.mp4', '--start', '1:75'], /error: --start expects a time: .*; received "1:75"/],
    [['stabilize', input, 'b.mp4', '--start', '99'], /error: No picture of .* lies between 99 s and the end/],
    [
      ['stabilize', input, 'b.mp4', '--start', '1', '--end', '0:01'],
      /error: Expected a part that ends after it starts/,
    ],
    [['stabilize', input, 'b.mp4', '--stream', '3'], /error: Stream 3 of .* does not exist; .*: 0 \(160×120\)/],
    [['stabilize', 'a.mp4', 'b.mp4', '--look-ahead', '0'], /error: --look-ahead expects a number of seconds/],
    [
      ['stabilize', 'a.mp4', 'b.mp4', '--look-ahead', '2', '--zoom', 'dynamic'],
      /error: --zoom dynamic needs .*whole clip/,
    ],
  ])('refuses %j', async (args, message) => {
    const ended = await runGimbal(args, { cwd: folder });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/^error: [^\n]+ \(GIMBAL_E_INVALID_ARGUMENT\)\n$/);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
  });

  it('refuses a smoother that nobody knows, and names those that are there', async () => {
    const ended = await runGimbal(['stabilize', input, 'b.mp4', '--smoother', 'magic'], { cwd: folder });
    expect(ended.stderr).toMatch(
      /^error: No smoother is called "magic".*min-acceleration, gaussian.*\(GIMBAL_E_PLUGIN_NOT_FOUND\)\n$/,
    );
    expect([ended.code, ended.stdout]).toEqual([5, '']);
  });

  it('knows the machine', async () => {
    const ended = await runGimbal(['info', '--json']);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const info = JSON.parse(ended.stdout);
    expect(info).toMatchObject({ ok: true, node: process.version, platform: `${process.platform}-${process.arch}` });
    expect(info.ffmpeg).toMatch(/\d/);
    expect(info.gpu.available || info.gpu.reason.length > 0).toBe(true);
    expect(info.addons.every(({ loaded }: { loaded: boolean }) => loaded)).toBe(true);
    expect(info.onnxRuntime).toMatchObject({ loaded: true, providers: expect.arrayContaining(['cpu']) });
    const text = await runGimbal(['info']);
    if (!info.onnxRuntime.cuda.available) expect(text.stdout).toContain(`no CUDA: ${info.onnxRuntime.cuda.reason}`);
    expect(info.ffmpegLicense).toMatchObject({ name: 'GPL version 3 or later', gpl: true });
    expect(text.stdout).toMatch(/FFmpeg +\d.*\n +licence: GPL version 3 or later \(with libx264/);
    expect(text.stdout).toContain(info.addons[0].binary.chosen.path);
    for (const { candidate, reason } of info.addons[0].binary.rejected) {
      expect(text.stdout).toContain(`not ${candidate}: ${reason}`);
    }
    const listed = (await runGimbal(['estimators'])).stdout;
    expect(listed).toMatch(/classical +\d.*built in/);
    expect(listed).toMatch(/ihn +\d.*installed/);
  });

  it('says that an explicit GPU is not there', async (context) => {
    const info = JSON.parse((await runGimbal(['info', '--json'])).stdout);
    if (info.gpu.available) context.skip('this machine has a GPU');
    for (const wish of [
      ['--device', 'cuda'],
      ['--decoder', 'nvdec'],
    ]) {
      const ended = await runGimbal(['stabilize', input, at('gpu.mp4'), ...wish]);
      expect(ended.stderr).toMatch(new RegExp(`error: .*'${wish[1]}' was asked for.*GIMBAL_E_DEVICE_UNAVAILABLE`));
      expect(ended.stderr).toContain(info.gpu.reason);
      expect([ended.code, existsSync(at('gpu.mp4'))]).toEqual([6, false]);
    }
  });
});

describe('the learned estimator', () => {
  const weights = process.env.GIMBAL_IHN_WEIGHTS ?? path.resolve(import.meta.dirname, '../../ihn/weights');

  it('steadies a clip', async (context) => {
    if (!existsSync(path.join(weights, 'weights.json'))) context.skip(`there are no weights in ${weights}`);
    const args = ['--estimator', 'ihn', '--estimator-option', 'refinements=4', '--json', '--quiet'];
    const ended = await runGimbal(['stabilize', input, at('learned.mp4'), ...args]);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const report = JSON.parse(ended.stdout);
    expect(report).toMatchObject({ ok: true, frames: 45, estimator: 'ihn' });
    const fallbacks: number[] = Object.values(report.fallbackModels);
    expect(fallbacks.reduce((sum, count) => sum + count, 0)).toBe(report.fallbackFrames);
  });

  it('says what is wrong with its weights and options', async () => {
    const args = ['stabilize', input, at('never.mp4'), '--estimator', 'ihn'];
    const missing = await runGimbal([...args, '--estimator-option', `weights=${folder}`]);
    expect(missing.stderr).toMatch(/error: .*weights\.json.*GIMBAL_IHN_WEIGHTS.*\(GIMBAL_E_WEIGHTS\)\n$/);
    expect([missing.code, existsSync(at('never.mp4'))]).toEqual([5, false]);
    const wrong = await runGimbal([...args, '--estimator-option', 'refinements=[2,']);
    expect(wrong.stderr).toMatch(/error: Option "refinements".*\(GIMBAL_E_INVALID_ARGUMENT\)\n$/);
    expect(wrong.code).toBe(2);
  });
});

describe('gimbal stabilize', () => {
  it('prints four lines on stdout and progress on stderr', async () => {
    const ended = await runGimbal(['stabilize', input, at('table.mp4')]);
    expect(ended.code).toBe(0);
    expect(ended.stdout.replaceAll(at('table.mp4'), 'OUT').replace(/\d+\.\d+/g, 'N')).toMatch(
      /^OUT {2}160×120, 45 frames\n {2}Jitter {8}N → N px, \d+ % less \(planned camera path; --evaluate measures the file\)\n {2}Picture kept {2}N % of width and height\n {2}Borders {7}none\n {2}Time {10}N s \(\d+ frames\/s\)\n$/,
    );
    expect(ended.stderr).not.toContain('evaluate ');
    expect(ended.stderr).toMatch(/^analyze /m);
    expect(ended.stderr).toMatch(/^render /m);
    const quiet = await runGimbal(['stabilize', input, at('table.mp4'), '--overwrite', '--quiet']);
    expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, '', '']);
  });

  it('says the rest with --verbose, measured figures with --evaluate', async () => {
    const ended = await runGimbal(['stabilize', input, at('verbose.mp4'), '--verbose', '--evaluate']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/Jitter .* less \(measured on the decoded pictures\)/);
    for (const row of ['Planned jitter', 'Stability', 'Picture kept (cropping', 'Distortion', 'Shots', 'fell back'])
      expect(ended.stdout).toContain(row);
    expect(ended.stderr).toMatch(/^evaluate /m);
  });

  it('says where and why the motion is a guess, with --explain', async () => {
    const ended = await runGimbal(['stabilize', input, at('explained.mp4'), '--explain', '--progress', 'json']);
    expect(ended.stdout).toMatch(/Every frame was measured with a homography\.|frames fell back/);
    const told = ended.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.at(-1)).toMatchObject({ stage: 'render', done: 45, total: 45 });
  });

  it('takes codecs by what people call them, and a smoother from a file', async () => {
    const plugin = at('mine.mjs');
    writeFileSync(
      plugin,
      `export default { meta: { name: 'mine', version: '1', apiVersion: 1 }, parseOptions: (o) => o,
        create: ({ broken }) => ({ name: 'mine', smooth: async (path) => ({ ...path, parameters: path.parameters.map((p) => broken ? NaN : p) }) }) };`,
    );
    const args = [
      'stabilize',
      input,
      at('named.mp4'),
      '--codec',
      'HEVC',
      '--smoother',
      plugin,
      '--json',
      '--overwrite',
    ];
    expect(JSON.parse((await runGimbal(args)).stdout)).toMatchObject({ ok: true, smoother: 'mine' });
    const broken = await runGimbal([...args, '--smoother-option', 'broken=true']);
    expect(broken.stderr).toMatch(/error: Smoother "mine" gave NaN as translationX of frame 0.*GIMBAL_E_PLUGIN_FAILED/);
    expect(broken.code).toBe(5);
  });

  it.each(['bash', 'zsh', 'fish'])('prints a completion for %s', async (shell) => {
    const { stdout, code } = await runGimbal(['completion', shell]);
    expect([code, stdout.includes('look-ahead'), stdout.includes('replicate')]).toEqual([0, true, true]);
  });

  it('lets the command line switch off what a config file switches on', async () => {
    const config = at('measured.json');
    writeFileSync(config, '{ "evaluate": true, "compare": true }');
    const args = ['stabilize', input, at('off.mp4'), '--config', config, '--json', '--no-evaluate', '--no-compare'];
    const report = JSON.parse((await runGimbal(args)).stdout);
    expect([report.evaluation, report.outputSize]).toEqual([undefined, CLIP_SIZE]);
  });

  it('makes the clip steadier, and says so in JSON', async () => {
    const args = ['stabilize', input, at('json.mp4'), '--json', '--evaluate', '--max-crop', '25%'];
    const { stdout } = await runGimbal(args);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      ok: true,
      exitCode: 0,
      frames: 45,
      inputSize: CLIP_SIZE,
      outputSize: CLIP_SIZE,
      estimator: 'classical',
    });
    const { original, stabilized } = report.evaluation;
    expect(stabilized.jitter.median).toBeLessThan(0.6 * original.jitter.median);
    expect(report.planned.kept).toBeGreaterThan(0.73);
    expect(report.planned.kept).toBeCloseTo(report.evaluation.cropping, 2);
    const { before, after } = report.planned.jitter;
    expect(before.rms / original.jitter.rms).toBeCloseTo(1, 1);
    expect(after.rms).toBeLessThan(0.6 * before.rms);
    expect(report.planned.borders).toEqual({ frames: 0, largest: 0 });
    const evaluated = await runGimbal(['evaluate', input, at('json.mp4'), '--json']);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({
      ok: true,
      evaluation: { stabilized: { jitter: stabilized.jitter } },
    });
    expect((await runGimbal(['evaluate', input, at('json.mp4')])).stdout).toMatch(/Jitter, median +\d.*\n/);
  });

  it('steadies a part, and measures it against that part', async () => {
    const part = ['--start', '0.5', '--end', '0:00:01.2'];
    const ended = await runGimbal(['stabilize', input, at('part.mp4'), ...part, '--evaluate', '--json', '-q']);
    const { frames, evaluation } = JSON.parse(ended.stdout);
    expect([ended.code, frames, evaluation.frames.matched]).toEqual([0, 21, 21]);
    const again = await runGimbal(['evaluate', input, at('part.mp4'), ...part, '--json', '-q']);
    expect(JSON.parse(again.stdout).evaluation).toEqual(evaluation);
  });

  it('does it in one pass with a look-ahead', async () => {
    const output = at('ahead.mp4');
    const ended = await runGimbal(['stabilize', input, output, '--look-ahead', '0.4', '--json', '--evaluate']);
    expect(ended.code, ended.stderr).toBe(0);
    const report = JSON.parse(ended.stdout);
    expect(report).toMatchObject({ frames: 45, smoother: 'min-acceleration' });
    expect(report.planned.kept).toBeCloseTo(0.85, 2);
    const { original, stabilized } = report.evaluation;
    expect(stabilized.jitter.rms).toBeLessThan(0.5 * original.jitter.rms);
  });

  it('keeps an analysis and uses it again', async () => {
    // libx264 writes pictures this small twice alike with its fastest presets only.
    const alike = ['--preset', 'ultrafast'];
    const first = await runGimbal([
      'stabilize',
      input,
      at('first.mp4'),
      ...alike,
      '--json',
      '--export-motion',
      at('m.json'),
    ]);
    expect(first.code).toBe(0);
    const again = await runGimbal(['stabilize', input, at('again.mp4'), ...alike, '--json', '--motion', at('m.json')]);
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, frames: 45 });
    expect(again.stderr).not.toMatch(/^analyze/m);
    expect(readFileSync(at('again.mp4')).equals(readFileSync(at('first.mp4')))).toBe(true);
    writeFileSync(at('broken.json'), readFileSync(at('m.json'), 'utf8').slice(0, 300));
    const broken = await runGimbal(['stabilize', input, at('b.mp4'), '--motion', at('broken.json')]);
    expect([broken.code, /\(GIMBAL_E_MOTION_FILE\)/.test(broken.stderr)]).toEqual([3, true]);
    await shakyClip(at('other.mp4'), { frames: 20, size: { width: 128, height: 96 } });
    const foreign = await runGimbal(['stabilize', at('other.mp4'), at('b.mp4'), '--motion', at('m.json')]);
    expect(foreign.stderr).toMatch(/error: .*160×120.*128×96.*\(GIMBAL_E_MOTION_FILE\)/);
    expect([foreign.code, existsSync(at('b.mp4'))]).toEqual([3, false]);
  });

  it('exports the trajectory as JSON and for COLMAP', async () => {
    const args = ['stabilize', input, at('t.mp4'), '--overwrite', '--export-trajectory'];
    expect((await runGimbal([...args, at('t.json')])).code).toBe(0);
    expect(JSON.parse(readFileSync(at('t.json'), 'utf8')).frames).toHaveLength(45);
    expect((await runGimbal([...args, at('colmap')])).code).toBe(0);
    expect(readdirSync(at('colmap')).sort()).toEqual(['cameras.txt', 'images.txt', 'points3D.txt']);
  });

  it('shows both side by side, and still measures the stabilized half', async () => {
    const plain = await runGimbal(['stabilize', input, at('plain.mp4'), '--json', '--evaluate']);
    const compared = ['--json', '--evaluate', '--compare', '--crf', '10'];
    const both = await runGimbal(['stabilize', input, at('both.mp4'), ...compared]);
    expect(both.stderr).not.toContain('error:');
    const [a, b] = [plain, both].map(({ stdout }) => JSON.parse(stdout).evaluation);
    expect(Math.abs(a.stabilized.jitter.median - b.stabilized.jitter.median)).toBeLessThan(
      0.3 * a.original.jitter.median,
    );
    const again = await runGimbal(['stabilize', at('both.mp4'), at('x.mp4'), '--json']);
    expect(JSON.parse(again.stdout).inputSize).toEqual({ width: 320, height: 120 });
  });

  it('holds still with --tripod', async () => {
    const { stdout } = await runGimbal(['stabilize', input, at('tripod.mp4'), '--json', '--tripod']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, smoother: 'tripod' });
  });

  it.each(['bilinear', 'bicubic', 'lanczos3'])('interpolates %s with every border and zoom', async (interpolation) => {
    for (const [border, zoom] of [
      ['black', 'none'],
      ['mirror', 'static'],
      ['crop', 'dynamic'],
      ['crop', 'none'],
    ]) {
      const flags = ['--interpolation', interpolation, '--border', border, '--zoom', zoom, '--overwrite', '--json'];
      const ended = await runGimbal(['stabilize', input, at('w.mp4'), ...flags]);
      expect(ended.stderr).not.toContain('error:');
      expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, frames: 45 });
    }
  });
});

describe('a config file', () => {
  const project = (name: string, text: string) => {
    const home = at(`project-${name}`);
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, name), text);
    return home;
  };
  const run = (cwd: string, ...more: string[]) =>
    runGimbal(['stabilize', input, path.join(cwd, 'out.mp4'), '--json', '--overwrite', ...more], {
      cwd,
    });

  it.each([
    ['gimbal.config.json', '{ "smoother": "gaussian", "strength": 0.2 }'],
    ['gimbal.config.mjs', "export default { smoother: 'gaussian', strength: 0.2 };"],
    // The folder has no packages: the program's own are found, as with a global install.
    [
      'gimbal.config.mjs',
      "import { defineConfig } from '@gimbal/cli';\nexport default defineConfig({ smoother: 'gaussian', strength: 0.2 });",
    ],
    [
      'gimbal.config.ts',
      "import { defineConfig, type GimbalConfig } from '@gimbal/cli';\nimport { smootherNames } from '@gimbal/smoothers';\nimport { smootherOf } from '@gimbal/core/plugins';\nconst config: GimbalConfig = { smoother: smootherNames.find((name) => name === 'gaussian' && typeof smootherOf === 'function') as 'gaussian', strength: 0.2 };\nexport default defineConfig(config);",
    ],
    ['gimbal.config.ts', "const smoother: string = 'gaussian';\nexport default { smoother, strength: 0.2 as number };"],
  ])('%s is found; the command line wins', async (name, text) => {
    const home = project(name, text);
    expect(JSON.parse((await run(home)).stdout)).toMatchObject({ ok: true, smoother: 'gaussian' });
    expect(JSON.parse((await run(home, '--smoother', 'l1-tv')).stdout)).toMatchObject({ smoother: 'l1-tv' });
  });

  it('may hold a plug-in object, and a path relative to itself', async () => {
    const plugin = `{ meta: { name: 'inline', version: '1', apiVersion: 1 }, parseOptions: (o) => o, supports: () => 1,
      create: async () => ({ name: 'inline', memory: ['host'], estimate: async (a, b) => ({ rows: 1, cols: 1, confidence: 1, verdict: 'ok',
      model: 'identity', size: { width: b.width, height: b.height }, homographies: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) }) }) }`;
    const home = project('gimbal.config.js', `export default { estimator: ${plugin} };`);
    writeFileSync(path.join(home, 'package.json'), '{ "type": "module" }');
    expect(JSON.parse((await run(home)).stdout)).toMatchObject({ estimator: 'inline' });
    writeFileSync(path.join(home, 'own.mjs'), `export default ${plugin};`);
    writeFileSync(path.join(home, 'other.json'), '{ "estimator": "./own.mjs" }');
    const ended = await runGimbal(
      ['stabilize', input, path.join(home, 'o.mp4'), '--json', '--config', path.join(home, 'other.json')],
      { cwd: folder },
    );
    expect(JSON.parse(ended.stdout)).toMatchObject({ estimator: 'inline' });
  });

  it.each([
    [
      'gimbal.config.json',
      '{ "smother": "gaussian" }',
      /error: gimbal\.config\.json: unknown key "smother"\. Did you mean "smoother"\?/,
    ],
    [
      'gimbal.config.json',
      '{ "strength": 2 }',
      /error: gimbal\.config\.json: "strength" must be a number from 0 to 1; received 2\./,
    ],
    ['gimbal.config.json', '{ "strength": ', /error: .*gimbal\.config\.json cannot be read: /],
    ['gimbal.config.mjs', "throw new Error('oops');", /error: .*gimbal\.config\.mjs cannot be read: oops/],
  ])('%s with %j is refused', async (name, text, message) => {
    const home = project(`${name}`, text);
    const ended = await run(home);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toContain('(GIMBAL_E_CONFIG)');
    expect(ended.code).toBe(2);
    rmSync(home, { recursive: true });
  });

  it('that was named must exist', async () => {
    const ended = await run(folder, '--config', 'missing.json');
    expect(ended.stderr).toMatch(/error: No config file at .*missing\.json/);
    expect(ended.code).toBe(2);
  });
});

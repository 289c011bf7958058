import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchmarkResults } from '../../pipeline/src/benchmark/benchmarkResults.js';
import { shakyClip } from '../../pipeline/test/clips.js';
import { writePlugin } from './pluginFiles.js';
import { type RunGimbalOptions, runGimbal } from './runGimbal.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'gimbal-benchmark-'));
const clips = path.join(home, 'clips');
const out = path.join(home, 'out');
const size = { width: 96, height: 72 };
const frames = 20;

/** Runs where the example plug-in is found by its short name. */
const benchmark = (args: readonly string[], options: RunGimbalOptions = {}) =>
  runGimbal(['benchmark', ...args], { cwd: import.meta.dirname, ...options });
const both = ['--estimators', 'classical,phase'];
const kept = (folder: string) => readdirSync(path.join(folder, 'runs')).sort();

let first: Awaited<ReturnType<typeof benchmark>>;
let results: BenchmarkResults;

beforeAll(async () => {
  for (const folder of ['Walk', 'Ride']) mkdirSync(path.join(clips, folder), { recursive: true });
  await shakyClip(path.join(clips, 'Walk/one.mp4'), { frames, size, seed: 3 });
  await shakyClip(path.join(clips, 'Walk/two.mp4'), { frames, size, seed: 4 });
  const whole = readFileSync(path.join(clips, 'Walk/one.mp4'));
  writeFileSync(path.join(clips, 'Ride/broken.mp4'), whole.subarray(0, whole.length / 2));
  first = await benchmark([clips, ...both, '--out', out, '--json']);
  results = JSON.parse(first.stdout).results;
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('gimbal benchmark', () => {
  it('lists a broken clip with its error for every estimator, and compares on the others', () => {
    expect(first.code).toBe(8);
    expect(JSON.parse(first.stdout)).toMatchObject({ ok: false, exitCode: 8 });
    expect(results.failures.map(({ file, estimator, error }) => [file, estimator, error.code])).toEqual([
      ['Ride/broken.mp4', 'classical', expect.stringMatching(/^GIMBAL_E_INPUT_/)],
      ['Ride/broken.mp4', 'phase', expect.stringMatching(/^GIMBAL_E_INPUT_/)],
    ]);
    expect(results.headToHead.overall).toMatchObject({ clips: 2, of: 3 });
    expect(results.headToHead.leftOut).toEqual([{ file: 'Ride/broken.mp4', failed: ['classical', 'phase'] }]);
    expect(first.stderr).toMatch(/6\/6 .*two\.mp4 {2}phase {2}jitter/);
  });

  it('measures what gimbal stabilize and gimbal evaluate measure', async () => {
    const input = path.join(clips, 'Walk/one.mp4');
    const single = await runGimbal(['stabilize', input, path.join(home, 'single.mkv'), '--json', '--evaluate']);
    const { evaluation, fallbackFrames } = JSON.parse(single.stdout);
    const run = results.runs.find(({ file, estimator }) => file === 'Walk/one.mp4' && estimator === 'classical');
    expect(run?.figures).toMatchObject({
      frames,
      fallbackFrames,
      jitterIn: evaluation.original.jitter.median,
      jitterOut: evaluation.stabilized.jitter.median,
      cropping: evaluation.cropping,
      distortion: evaluation.distortion.eigenvalue.p5,
    });
    for (const { figures } of results.runs) {
      expect(figures.pairsPerSecond).toBeGreaterThan(0);
      expect(figures.cpuSeconds).toBeGreaterThan(0);
      expect(figures.peakMiB).toBeGreaterThan(20);
      expect(figures.framesPerSecond).toBeCloseTo(frames / figures.wallSeconds);
    }
  });

  it('keeps the stabilized clips on request, makes those that are missing, and links them', async () => {
    const home2 = path.join(home, 'kept');
    const only = path.join(clips, 'Walk');
    const args = [only, '--estimators', 'phase', '--limit', '1', '--out', home2];
    expect((await benchmark([...args, '-q'])).code).toBe(0);
    expect(existsSync(path.join(home2, 'outputs'))).toBe(false);
    const ended = await benchmark([...args, '--keep']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(
      /^phase takes the jitter of the median clip from [\d.]+ to [\d.]+ px and keeps [\d.]+ % of .*\.\n/,
    );
    const [name] = readdirSync(path.join(home2, 'outputs'));
    expect(name).toMatch(/^one\.mp4\.phase\.[0-9a-f]{12}\.mkv$/);
    expect(readFileSync(path.join(home2, 'dashboard.html'), 'utf8')).toContain(`<a href="outputs/${name}">one.mp4</a>`);
    const made = statSync(path.join(home2, 'outputs', name)).mtimeMs;
    expect((await benchmark([...args, '--keep'])).stderr).toContain('kept from before');
    expect(statSync(path.join(home2, 'outputs', name)).mtimeMs).toBe(made);
    const played = await runGimbal([
      'evaluate',
      path.join(only, 'one.mp4'),
      path.join(home2, 'outputs', name),
      '--json',
      '-q',
    ]);
    expect(JSON.parse(played.stdout).evaluation.frames.matched).toBe(frames);
  });

  it('writes the same figures in every form', () => {
    expect(JSON.parse(readFileSync(path.join(out, 'results.json'), 'utf8'))).toEqual(results);
    const [head, ...lines] = readFileSync(path.join(out, 'results.csv'), 'utf8').trimEnd().split('\r\n');
    const column = head.split(',').indexOf('jitterOut');
    const fromCsv = lines.map((line) => line.split(',')).filter((cells) => cells[3] === 'finished');
    expect(lines).toHaveLength(6);
    expect(fromCsv.map((cells) => [cells[1], cells[2], Number(cells[column])])).toEqual(
      results.runs.map(({ file, estimator, figures }) => [file, estimator, figures.jitterOut]),
    );
    const medians = ['classical', 'phase'].map(
      (name) => results.headToHead.overall.measures.jitterOut.estimators[name]?.median.toFixed(3) as string,
    );
    const markdown = readFileSync(path.join(out, 'results.md'), 'utf8');
    const page = readFileSync(path.join(out, 'dashboard.html'), 'utf8');
    for (const text of [markdown, page]) {
      for (const median of medians) expect(text).toContain(median);
      expect(text).toContain('2 of 3 clips');
      expect(text).toContain('GIMBAL_E_INPUT_');
    }
  });

  it('draws the main plots, or says why not', () => {
    const { files, imagesProblem } = JSON.parse(first.stdout);
    const images = (files as string[]).filter((file) => file.endsWith('.png'));
    if (imagesProblem === null) {
      expect(images.map((file) => path.basename(file))).toEqual(['clips.png', 'quality.png', 'outcome.png']);
      for (const file of images) expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
    } else {
      expect(images).toEqual([]);
      expect(first.stderr).toContain(`warning: ${imagesProblem}`);
    }
  });

  it('leaves only results behind', () => {
    expect(kept(out)).toHaveLength(4);
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('a second gimbal benchmark', () => {
  it('continues: what is finished is kept, what failed is tried again', async () => {
    const before = kept(out).map((name) => statSync(path.join(out, 'runs', name)).mtimeMs);
    const again = await benchmark([clips, ...both, '--out', out]);
    expect(again.code).toBe(8);
    expect(again.stderr.match(/kept from before/g)).toHaveLength(4);
    expect(again.stderr.match(/failed:/g)).toHaveLength(2);
    expect(kept(out).map((name) => statSync(path.join(out, 'runs', name)).mtimeMs)).toEqual(before);
    expect(again.stdout).toMatch(/2 of 3 clips: those that every estimator finished/);
    expect(again.stdout).toMatch(/failed: Ride\/broken\.mp4, phase: .*\(GIMBAL_E_INPUT_\w+\)/);
  });

  it('measures anew what has changed, and only that', async () => {
    const option = [clips, ...both, '--out', out, '--limit', '1', '--estimator-option', 'phase:grid=64'];
    const changed = await benchmark(option);
    expect(changed.stderr).toMatch(/one\.mp4 {2}classical .*kept from before/);
    expect(changed.stderr).toMatch(/one\.mp4 {2}phase .* s\n/);
    const input = path.join(clips, 'Walk/one.mp4');
    utimesSync(input, new Date(), new Date());
    const touched = await benchmark([clips, '--out', out, '--jobs', '2']);
    expect(touched.stderr).toMatch(/one\.mp4 {2}classical .* s\n/);
    expect(touched.stderr).toMatch(/two\.mp4 {2}classical .*kept from before/);
  });

  it('goes by a manifest, its limit and another smoother', async () => {
    const manifest = path.join(clips, 'some.json');
    const entries = ['two', 'one'].map((name) => ({ file: `Walk/${name}.mp4`, category: 'Slow' }));
    writeFileSync(manifest, JSON.stringify(entries));
    const args = [manifest, '--out', path.join(home, 'other'), '--limit', '1', '--smoother', 'gaussian', '--json'];
    const ended = await benchmark(args);
    const { results: other } = JSON.parse(ended.stdout) as { results: BenchmarkResults };
    expect(ended.code).toBe(0);
    expect(other.runs.map(({ file, category }) => [file, category])).toEqual([['Walk/two.mp4', 'Slow']]);
    expect(other.settings).toMatchObject({ smoother: 'gaussian', maxCrop: 0.15 });
    rmSync(manifest);
  });
});

describe('gimbal benchmark interrupted', () => {
  it('keeps what is finished and leaves nothing else', async () => {
    const folder = path.join(home, 'interrupted');
    let pressed = false;
    const ended = await benchmark([clips, ...both, '--out', folder], {
      onStderr: (soFar, child) => {
        // The broken clip comes first and is quick; the run after the first finished one is under way.
        if (pressed || !/one\.mp4 {2}classical {2}jitter[^\n]*\n.*analyze/s.test(soFar)) return;
        pressed = true;
        child.kill('SIGINT');
      },
    });
    expect(ended.stderr).toMatch(/error: Interrupted; 1 of 6 runs are kept in .* \(GIMBAL_E_CANCELLED\)\n$/);
    expect([ended.code, ended.stdout]).toEqual([130, '']);
    expect(kept(folder)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['runs']);
  });

  it('counts a crash of the run as its failure', async () => {
    const plugin = writePlugin(home, 'crashing', {
      estimate: "process.kill(process.pid, 'SIGABRT'); return new Promise(() => undefined);",
    });
    const args = [path.join(clips, 'Walk'), '--estimators', `classical,${plugin}`, '--limit', '1', '--json'];
    const ended = await benchmark([...args, '--out', path.join(home, 'crash')]);
    const { results: some } = JSON.parse(ended.stdout) as { results: BenchmarkResults };
    expect(ended.code).toBe(8);
    expect(some.failures).toMatchObject([{ estimator: 'crashing', error: { code: 'UNEXPECTED' } }]);
    expect(some.failures[0].error.message).toContain('SIGABRT');
    expect(some.runs.map(({ estimator }) => estimator)).toEqual(['classical']);
  });
});

describe('gimbal benchmark refuses', () => {
  it.each([
    [['--estimators', 'magic'], 5, /\(GIMBAL_E_PLUGIN_NOT_FOUND\)/],
    [['--estimators', 'classical,classical'], 2, /--estimators names "classical" twice/],
    [['--estimators', 'classical,,'], 2, /--estimators expects names or paths/],
    [['--estimator-option', 'grid=64'], 2, /--estimator-option expects estimator:key=value/],
    [['--estimators', 'phase', '--estimator-option', 'phase:size=64'], 2, /phase knows the option "grid"/],
    [['--limit', '0'], 2, /--limit expects a whole number/],
    [['--jobs', 'many'], 2, /--jobs expects a whole number/],
    [['--smoother', 'magic'], 5, /No smoother is called "magic".*\(GIMBAL_E_PLUGIN_NOT_FOUND\)/],
    [['--stength', '1'], 2, /Did you mean --strength/],
  ])('%j', async (args, code, message) => {
    const ended = await benchmark([clips, '--out', path.join(home, 'refused'), ...args]);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
  });

  it('a folder without clips', async () => {
    const ended = await benchmark([path.join(out, 'runs'), '--out', path.join(home, 'refused')]);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/holds no video file and no manifest\.json.*\(GIMBAL_E_INPUT_NOT_FOUND\)/);
  });
});

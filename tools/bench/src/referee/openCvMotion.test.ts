import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Homography } from '@gimbal/core';
import { cornerError, rescaleHomography } from '@gimbal/core/geometry';
import { renderSyntheticClip, writeSyntheticClip } from '@gimbal/fixtures';
import { afterAll, expect, it } from 'vitest';
import { median } from '../spread.js';
import { JUDGES } from './judgedMotion.js';
import { openCvJudge, openCvMotion } from './openCvMotion.js';

const python = process.env.GIMBAL_PYTHON ?? 'python3';
const judge = await openCvJudge(python);
if ('problem' in judge) console.log(`skipped the judges on known motion: ${judge.problem}`);

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-referee-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('says what is missing where it cannot judge', async () => {
  expect(await openCvJudge('no-such-python')).toEqual({ problem: expect.stringMatching(/OpenCV.*no-such-python/) });
});

it.skipIf('problem' in judge)('follows a known camera, and gives its motion at 640 wide', async () => {
  const options = { size: { width: 480, height: 270 }, frames: 12, parallax: 0, movingObject: false };
  const clip = path.join(folder, 'known.mkv');
  await writeSyntheticClip(clip, options);
  const { size, steps } = await openCvMotion(python, clip);
  expect(size).toEqual({ width: 640, height: 360 });
  const truth = renderSyntheticClip(options).truth.map((step) => rescaleHomography(step, options.size, size));
  for (const name of JUDGES) {
    expect(steps[name]).toHaveLength(truth.length);
    expect(steps[name]).not.toContain('lost');
    const errors = steps[name].map((step, i) => cornerError(step as Homography, truth[i], size));
    expect(median(errors), name).toBeLessThan(0.3);
  }
});

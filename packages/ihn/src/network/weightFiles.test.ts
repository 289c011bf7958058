import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createIhnEstimator } from '../ihnEstimator.js';
import { chosenFiles, readWeights, scheduleOf } from './weightFiles.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-weights-'));
const bytes = Buffer.from('no network');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const names = ['encoder', 'refine8', 'refine4', 'refine2'];
const good = {
  schedule: [
    [8, 2],
    [4, 2],
    [2, 2],
  ],
  files: Object.fromEntries(names.map((name) => [`${name}.onnx`, { bytes: bytes.length, sha256 }])),
};
const write = (description: unknown) => writeFileSync(path.join(folder, 'weights.json'), JSON.stringify(description));

beforeEach(() => {
  write(good);
  for (const name of names) writeFileSync(path.join(folder, `${name}.onnx`), bytes);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusal = (message: RegExp) => ({ code: 'GIMBAL_E_WEIGHTS', message: expect.stringMatching(message) });

test('the description names the files and the order of refinement', async () => {
  const weights = await readWeights(folder);
  expect(chosenFiles(weights, ['refine4'])).toEqual({ refine4: { path: path.join(folder, 'refine4.onnx'), sha256 } });
  expect(scheduleOf(weights)).toEqual(good.schedule);
  vi.stubEnv('GIMBAL_IHN_WEIGHTS', folder);
  expect(await readWeights(undefined)).toEqual(weights);
});

test('missing weights say where they were looked for and what to do', async () => {
  await expect(createIhnEstimator({ weights: '/nowhere' })).rejects.toMatchObject(
    refusal(/weights\.json.*\/nowhere.*GIMBAL_IHN_WEIGHTS/),
  );
});

test('a missing, a damaged and a foreign file are told apart', async () => {
  await expect(createIhnEstimator({ weights: folder })).rejects.toMatchObject(
    refusal(/ONNX Runtime cannot load .*encoder\.onnx/),
  );
  writeFileSync(path.join(folder, 'encoder.onnx'), 'no netwurk');
  await expect(createIhnEstimator({ weights: folder })).rejects.toMatchObject(
    refusal(/encoder\.onnx is damaged.*SHA-256 should be/),
  );
  rmSync(path.join(folder, 'encoder.onnx'));
  await expect(createIhnEstimator({ weights: folder })).rejects.toMatchObject(refusal(/encoder\.onnx is missing/));
});

test.each([
  [{ ...good, schedule: undefined }, /`schedule`.*received undefined/],
  [{ ...good, schedule: [[8, 0]] }, /`schedule`.*\[\[8,0\]\]/],
  [{ ...good, files: { 'encoder.onnx': { sha256 } } }, /"refine8"; they describe encoder/],
  [{ schedule: good.schedule }, /they describe none/],
  [null, /`schedule`/],
])('a description such as %j is refused', async (description, message) => {
  write(description);
  await expect(createIhnEstimator({ weights: folder })).rejects.toMatchObject(refusal(message));
});

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { estimators } from '../estimators.js';
import { withDefaults } from '../stabilize/settings.js';
import { estimatorFingerprint, programFingerprint } from './fingerprints.js';
import { runStore } from './runStore.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'gimbal-fingerprints-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const manifest = { name: 'gimbal-estimator-trial', version: '1.0.0', type: 'module', exports: './index.js' };
const source = (fingerprint = '') => `export default {
  meta: { name: 'trial', version: '1.0.0', apiVersion: 1 },
  parseOptions: (options) => options,
  supports: () => 1,
  create: async () => ({ name: 'trial', memory: ['host'], estimate: async () => undefined }),
  ${fingerprint}
};`;

async function fingerprintOf(reference: string, options = {}) {
  const plugin = await estimators.resolve(reference, { from: home });
  return estimatorFingerprint(reference, plugin, options, home);
}

describe('the fingerprint of an estimator', () => {
  it.each(['trial', './node_modules/gimbal-estimator-trial'])(
    '%s: changes with its files under one version',
    async (reference) => {
      const folder = path.join(home, 'node_modules/gimbal-estimator-trial');
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
      writeFileSync(path.join(folder, 'index.js'), source());
      writeFileSync(path.join(folder, 'weights.bin'), 'first');
      const first = await fingerprintOf(reference);
      expect(await fingerprintOf(reference)).toBe(first);
      writeFileSync(path.join(folder, 'weights.bin'), 'again');
      expect(await fingerprintOf(reference)).not.toBe(first);
    },
  );

  it('changes with what the plug-in tells of its options', async () => {
    const file = path.join(home, 'telling.mjs');
    writeFileSync(file, source("fingerprint: async ({ weights }) => 'of ' + weights,"));
    const [one, other] = [await fingerprintOf(file, { weights: 1 }), await fingerprintOf(file, { weights: 2 })];
    expect([one.slice(64), other.slice(64)]).toEqual([' of 1', ' of 2']);
  });

  it.each([
    ["fingerprint: async () => { throw new Error('no'); },", 'GIMBAL_E_PLUGIN_FAILED', /`fingerprint` of .*: no/],
    ['fingerprint: async () => 7,', 'GIMBAL_E_PLUGIN_INVALID', /`fingerprint` must answer with a string, not 7/],
  ])('says whose fault it is: %s', async (telling, code, message) => {
    const file = path.join(home, `${code}.mjs`);
    writeFileSync(file, source(telling));
    await expect(fingerprintOf(file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('differs between the estimators that come along, and tells weights that lie elsewhere', async () => {
    vi.stubEnv('GIMBAL_IHN_WEIGHTS', undefined);
    const [classical, ihn] = [await fingerprintOf('classical'), await fingerprintOf('ihn')];
    expect(ihn.slice(0, 64)).not.toBe(classical);
    const weights = path.join(home, 'weights');
    mkdirSync(weights);
    const own = path.resolve(import.meta.dirname, '../../../ihn/weights/weights.json');
    cpSync(own, path.join(weights, 'weights.json'));
    vi.stubEnv('GIMBAL_IHN_WEIGHTS', weights);
    expect(await fingerprintOf('ihn')).toBe(ihn);
    writeFileSync(
      path.join(weights, 'weights.json'),
      JSON.stringify({ files: { 'encoder.onnx': { sha256: 'other' } } }),
    );
    expect(await fingerprintOf('ihn')).not.toBe(ihn);
    vi.stubEnv('GIMBAL_IHN_WEIGHTS', undefined);
    writeFileSync(path.join(weights, 'weights.json'), JSON.stringify({ files: {} }));
    expect(await fingerprintOf('ihn', { weights })).not.toBe(ihn);
  });
});

it('a run is another one when the program or the estimator has changed', async () => {
  const program = await programFingerprint();
  expect(await programFingerprint()).toBe(program);
  const addon = path.join(home, 'addon.node');
  writeFileSync(addon, 'compiled');
  vi.stubEnv('GIMBAL_NATIVE_PATH', addon);
  const changed = await programFingerprint();
  expect(changed).not.toBe(program);
  const clip = { file: 'Walk/one.mp4', category: 'Walk', path: path.join(home, 'one.mp4') };
  const contestant = { label: 'ihn', reference: 'ihn', version: '1.0.0', options: {}, fingerprint: 'a' };
  const keyOf = async (ran: string, fingerprint: string) =>
    (await runStore(path.join(home, 'runs'), ran)).keyOf(clip, { ...contestant, fingerprint }, withDefaults({}));
  const key = await keyOf(program, 'a');
  expect(await keyOf(program, 'a')).toBe(key);
  expect(new Set([key, await keyOf(program, 'b'), await keyOf(changed, 'a')]).size).toBe(3);
});

import { expect, test } from 'vitest';
import { addonInfo } from './addon.js';

test('the addon says what it is', () => {
  const info = addonInfo();
  expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(['baseline', 'avx2', 'avx512']).toContain(info.isa);
  const { architectures, runtimeVersion, devices, unavailable } = info.cudaReport;
  expect([architectures !== '', runtimeVersion > 0]).toEqual([info.cuda, info.cuda]);
  expect(info.binary.chosen.path).toMatch(/gimbal_native\.node$/);
  expect(unavailable === '').toBe(devices.some(({ unusable }) => unusable === ''));
});

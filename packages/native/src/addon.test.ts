import { expect, test } from 'vitest';
import { addonInfo, requireAddon } from './addon.js';

test('the addon says what it is', () => {
  const info = addonInfo();
  expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(['baseline', 'avx2', 'avx512']).toContain(info.isa);
  const { architectures, runtimeVersion, devices, unavailable } = info.cudaReport;
  expect([architectures !== '', runtimeVersion > 0]).toEqual([info.cuda, info.cuda]);
  expect(unavailable === '').toBe(devices.some(({ unusable }) => unusable === ''));
});

test('a missing addon is an error with a way out', () => {
  expect(() => requireAddon('/nowhere/gimbal_native.node')).toThrow(
    expect.objectContaining({
      code: 'GIMBAL_E_ADDON',
      message: expect.stringMatching(/nowhere.*GIMBAL_NATIVE_PATH/s),
    }),
  );
});

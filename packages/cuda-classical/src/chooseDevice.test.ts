import { expect, test } from 'vitest';
import type { CudaReport } from './addon.js';
import { chooseDevice } from './chooseDevice.js';

const none: CudaReport = {
  architectures: '75-real 120',
  runtimeVersion: 13000,
  driverVersion: 0,
  devices: [],
  unavailable: 'no NVIDIA driver is installed',
};
const device = (ordinal: number, unusable = '') => ({
  ordinal,
  name: `GPU ${ordinal}`,
  computeCapability: '6.1',
  memory: 8e9,
  unusable,
});
const old = device(0, 'compute capability 6.1 is not among the architectures of this build (75-real 120)');
const mixed: CudaReport = { ...none, driverVersion: 13000, devices: [old, device(1)], unavailable: '' };

test('auto takes the first device that can be used, and the CPU when none can', () => {
  expect(chooseDevice('auto', mixed)).toBe(1);
  expect(chooseDevice('auto', none)).toBe(-1);
  expect(chooseDevice('auto', { ...mixed, devices: [old] })).toBe(-1);
});

test('an explicit request gets its device or a reason', () => {
  expect(chooseDevice('cpu', mixed)).toBe(-1);
  expect(chooseDevice('cuda', mixed)).toBe(1);
  expect(chooseDevice('cuda:1', mixed)).toBe(1);
  const refusals = [
    ['cuda', none, /"cuda".*no NVIDIA driver is installed.*"cpu" or "auto"/],
    ['cuda:3', none, /"cuda:3".*no NVIDIA driver/],
    ['cuda:0', mixed, /cuda:0 \(GPU 0\): compute capability 6\.1 is not among/],
    ['cuda:2', mixed, /this machine has cuda:0 \(GPU 0\), cuda:1 \(GPU 1\)/],
  ] as const;
  for (const [request, report, message] of refusals) {
    expect(() => chooseDevice(request, report)).toThrow(
      expect.objectContaining({ code: 'GIMBAL_E_DEVICE_UNAVAILABLE', message: expect.stringMatching(message) }),
    );
  }
});

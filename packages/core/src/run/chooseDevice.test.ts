import { expect, test } from 'vitest';
import { chooseDevice } from './chooseDevice.js';
import type { CudaDevice, CudaReport } from './cudaReport.js';

const device = (ordinal: number, unusable = ''): CudaDevice => ({
  ordinal,
  name: `card ${ordinal}`,
  computeCapability: '9.0',
  memory: 1e9,
  unusable,
});
const machine =
  (...devices: CudaDevice[]) =>
  (): CudaReport => ({
    architectures: '90-real',
    runtimeVersion: 13000,
    driverVersion: 13000,
    devices,
    unavailable: devices.some(({ unusable }) => unusable === '')
      ? ''
      : devices.length === 0
        ? 'there is no CUDA device'
        : `cuda:0 (card 0): ${devices[0].unusable}`,
  });
const refusal = (name: string, report: () => CudaReport) => {
  try {
    return chooseDevice(name, report);
  } catch (error) {
    return error;
  }
};
const unavailable = (message: RegExp) =>
  expect.objectContaining({ code: 'GIMBAL_E_DEVICE_UNAVAILABLE', message: expect.stringMatching(message) });

test('auto takes the first device that can be used, and the CPU where there is none', () => {
  expect(chooseDevice('auto', machine(device(0), device(1)))).toBe(0);
  expect(chooseDevice('auto', machine(device(0, 'too old'), device(1)))).toBe(1);
  expect(chooseDevice('auto', machine(device(0, 'too old')))).toBeUndefined();
  expect(chooseDevice('auto', machine())).toBeUndefined();
});

test('the CPU is taken without a look at devices', () => {
  const report = () => {
    throw new Error('asked');
  };
  expect(chooseDevice('cpu', report)).toBeUndefined();
});

test('an explicit device is that device or an error with the reason', () => {
  const two = machine(device(0), device(1, 'compute capability 7.0 is too old'));
  expect(chooseDevice('cuda', two)).toBe(0);
  expect(chooseDevice('cuda:0', two)).toBe(0);
  expect(refusal('cuda:1', two)).toEqual(
    unavailable(/'cuda:1'.*cuda:1 \(card 1\): compute capability 7\.0 is too old/),
  );
  expect(refusal('cuda:2', two)).toEqual(
    unavailable(/no cuda:2; this machine has 2 CUDA devices: cuda:0 \(card 0\), cuda:1 \(card 1\)/),
  );
  expect(refusal('cuda:1', machine(device(0)))).toEqual(unavailable(/has 1 CUDA device: cuda:0/));
  expect(refusal('cuda', machine())).toEqual(unavailable(/there is no CUDA device.*'auto'/));
  expect(refusal('cuda', machine(device(0, 'too old')))).toEqual(unavailable(/cuda:0 \(card 0\): too old/));
  expect(chooseDevice('cuda', machine(device(0, 'too old'), device(1)))).toBe(1);
});

test('another name is an invalid argument', () => {
  for (const name of ['gpu', 'cuda:', 'cuda:x', 'cuda:-1', 'CUDA', '', 'cuda:12345']) {
    expect(refusal(name, machine(device(0)))).toEqual(expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT' }));
  }
});

import { expect, test } from 'vitest';
import { GimbalError } from '../errors.js';
import { deviceErrorOf, isDeviceError } from './deviceError.js';

test.each([
  ['unavailable', 'GIMBAL_E_DEVICE_UNAVAILABLE'],
  ['outOfMemory', 'GIMBAL_E_DEVICE_MEMORY'],
  ['lost', 'GIMBAL_E_DEVICE_LOST'],
  ['failed', 'GIMBAL_E_CUDA'],
] as const)('an addon that says %s means %s', (kind, code) => {
  const cause = Object.assign(new Error('cudaMalloc failed'), { kind });
  const error = deviceErrorOf(cause);
  expect(error).toMatchObject({ code, message: 'cudaMalloc failed', cause });
  expect(isDeviceError(error)).toBe(true);
});

test('anything else is not to be blamed on a device', () => {
  for (const cause of [new Error('no'), Object.assign(new Error('no'), { kind: 'toString' }), 'lost', undefined]) {
    expect(deviceErrorOf(cause)).toBeUndefined();
  }
  expect(isDeviceError(new GimbalError('GIMBAL_E_DISK_FULL', 'full'))).toBe(false);
  expect(isDeviceError(new Error('cuda'))).toBe(false);
});

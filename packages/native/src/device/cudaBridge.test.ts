import { expect, test } from 'vitest';
import { addonInfo, cudaBridge } from '../index.js';

const { unavailable } = addonInfo().cudaReport;

test('addresses of views differ by where they begin', () => {
  const bytes = new Uint8Array(64);
  const start = cudaBridge.addressOf(bytes);
  expect(start).toBeGreaterThan(0n);
  expect(cudaBridge.addressOf(bytes.subarray(17))).toBe(start + 17n);
  expect(cudaBridge.addressOf(Buffer.from(bytes.buffer, 5))).toBe(start + 5n);
});

test('a context is shared where there is a device, and refused with the reason where there is none', async () => {
  if (unavailable === '') await expect(cudaBridge.shareContext(0)).resolves.toBeUndefined();
  await expect(cudaBridge.shareContext(99)).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_UNAVAILABLE' });
});

import { expect, test } from 'vitest';
import { type GpuDevice, type GpuInfo, gpuInfo, gpuRows } from './gpuInfo.js';
import { textTable } from './textTable.js';

const device: GpuDevice = {
  device: 'cuda:0',
  name: 'A card',
  computeCapability: '9.0',
  memoryBytes: 80 * 2 ** 30,
  freeBytes: 79.5 * 2 ** 30,
  problem: null,
  video: {
    decoders: [
      { codec: 'h264', usable: true, reason: '' },
      { codec: 'vp8', usable: false, reason: 'no' },
      { codec: 'av1', usable: true, reason: '' },
    ],
    encoders: [{ codec: 'h264', usable: false, reason: 'No capable devices found' }],
  },
};
const info: GpuInfo = {
  available: true,
  reason: '',
  driver: { version: '580.65.06', cuda: '13.0' },
  runtime: '13.0',
  devices: [device],
};
const text = (changes: Partial<GpuInfo>) => textTable(gpuRows({ ...info, ...changes }), 'll');

test('a device is told with its memory, driver and video units', () => {
  expect(text({})).toBe(
    [
      '  cuda:0         A card, compute capability 9.0, 79.5 GiB of 80.0 GiB free',
      '                 NVDEC: h264, av1',
      '                 NVENC: none (No capable devices found)',
      '  NVIDIA driver  580.65.06, serves CUDA 13.0; built with CUDA 13.0',
      '',
    ].join('\n'),
  );
});

test('a device that cannot be used is told with the reason', () => {
  const old = { ...device, freeBytes: null, problem: 'compute capability 6.1 is too old', video: null };
  const told = text({ available: false, reason: 'cuda:0 (A card): too old', devices: [old] });
  expect(told).toMatch(/GPU +none used: cuda:0 \(A card\): too old/);
  expect(told).toMatch(/80\.0 GiB\n +not used: compute capability 6\.1/);
});

test('this machine has a device, or says why not', async () => {
  const found = await gpuInfo();
  expect(found.reason === '').toBe(found.available);
  expect(found.devices.some(({ problem }) => problem === null)).toBe(found.available);
  for (const { freeBytes, memoryBytes, problem } of found.devices) {
    if (problem === null) expect(freeBytes).toBeLessThanOrEqual(memoryBytes);
  }
  expect(textTable(gpuRows(found), 'll')).toMatch(found.available ? /cuda:0/ : /GPU +none used: \w+/);
});

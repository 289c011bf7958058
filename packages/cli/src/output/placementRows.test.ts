import { expect, test } from 'vitest';
import { placementRows } from './placementRows.js';

const kept = {
  complete: true,
  frames: 300,
  bytes: 950 * 2 ** 20,
  budgetBytes: 60 * 2 ** 30,
  clipBytes: 950 * 2 ** 20,
  passes: 1,
};
const onDevice = { device: 'cuda:1', deviceName: 'GPU', decoder: 'nvdec', decoderReason: 'asked for' } as const;

test('says where the work was done, and whether the clip fitted', () => {
  expect(placementRows({ device: 'cpu', decoder: 'software' })).toEqual([
    ['Device', 'cpu'],
    ['Decoder', 'software'],
  ]);
  expect(placementRows({ ...onDevice, kept })).toEqual([
    ['Device', 'cuda:1 (GPU)'],
    ['Decoder', 'NVDEC: asked for'],
    ['Clip', 'fits the device: decoded once, 950 MiB kept there'],
  ]);
  const long = { ...kept, complete: false, frames: 0, bytes: 0, clipBytes: 90 * 2 ** 30, passes: 2 };
  expect(placementRows({ ...onDevice, kept: long })[2]).toEqual([
    'Clip',
    'decoded twice: the clip takes 90.0 GiB, 60.0 GiB may be kept (--device-memory)',
  ]);
  expect(placementRows({ ...onDevice, kept: { ...long, budgetBytes: 0 } })).toHaveLength(2);
});

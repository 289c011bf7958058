import type { SizeCosts, TransfersReport } from '@gimbal/pipeline/benchmark';
import { expect, test } from 'vitest';
import { transfersTable } from './transfersTable.js';

const cost = (estimate: number, warp: number): SizeCosts['cpu'] => ({
  estimate: { median: estimate, low: estimate, high: estimate },
  warp: { median: warp, low: warp, high: warp },
});
const costs = (name: string, cpu: number, host: number, device: number): SizeCosts => ({
  name,
  width: 640,
  height: 360,
  cpu: cost(cpu / 2, cpu / 2),
  cudaFromHost: cost(host / 2, host / 2),
  cudaOnDevice: cost(device / 2, device / 2),
});

test('the table shows every figure', () => {
  const time = (median: number) => ({ median, low: median, high: median });
  const report: TransfersReport = {
    format: 'gimbal-transfers',
    version: 1,
    gimbal: '0.0.0',
    created: '2026-01-01T00:00:00.000Z',
    machine: 'a machine',
    threads: 1,
    device: { device: 'cuda:1', name: 'A card', computeCapability: '9.0' },
    copies: [
      { bytes: 1e6, memory: 'pageable', direction: 'toDevice', time: time(250) },
      { bytes: 1e6, memory: 'pageable', direction: 'fromDevice', time: time(500) },
      { bytes: 1e6, memory: 'pinned', direction: 'toDevice', time: time(20) },
      { bytes: 1e6, memory: 'pinned', direction: 'fromDevice', time: time(25) },
    ],
    launch: { issue: time(2), roundTrip: time(15), backToBack: time(1.5), inGraph: time(1) },
    sizes: [costs('360p', 4, 2, 1)],
    answer: 'Yes.',
  };
  const table = transfersTable(report);
  expect(table).toMatch(/cuda:1 \(A card\)/);
  expect(table).toMatch(/ 1 +4\.0 \(250\) +2\.0 \(500\) +50\.0 \(20\.0\) +40\.0 \(25\.0\)\n/);
  expect(table).toMatch(
    /2\.0 µs of the host to launch it, 1\.5 µs one after another, 1\.0 µs in a CUDA graph, 15\.0 µs until/,
  );
  expect(table).toMatch(/360p, 640×360 +2\.00 \+ 2\.00 +1\.00 \+ 1\.00 +2\.0× +0\.50 \+ 0\.50 +4\.0×\n/);
  expect(table).toMatch(/Should I use the GPU at all\? Yes\.\n$/);
});

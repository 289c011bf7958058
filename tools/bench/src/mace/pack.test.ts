import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { PATCH } from './bins.js';
import { npz } from './npz.js';
import { differences } from './pack.js';
import { testPhotos } from './testPhotos.js';

it('differences along rows and columns sum up to the pixels', () => {
  const pixels = (testPhotos.get(1)?.luma ?? new Uint8Array()).slice(0, 2 * PATCH * PATCH);
  const back = differences(pixels);
  for (let i = 0; i < back.length; i++) if (i % PATCH > 0) back[i] += back[i - 1];
  for (let i = 0; i < back.length; i++) if (i % (PATCH * PATCH) >= PATCH) back[i] += back[i - PATCH];
  expect(Buffer.compare(back, pixels)).toBe(0);
});

it('writes arrays as NumPy reads them', () => {
  const bytes = Buffer.from(npz([{ name: 'a', shape: [2, 2], data: Float64Array.of(1, 2, 3, -4) }]));
  const packed = bytes.readUInt32LE(18);
  const content = inflateRawSync(bytes.subarray(30 + 'a.npy'.length, 30 + 'a.npy'.length + packed));
  const header = 10 + content.readUInt16LE(8);
  expect(header % 64).toBe(0);
  expect(content.subarray(10, header).toString().trimEnd()).toBe(
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2,), }",
  );
  expect([0, 1, 2, 3].map((i) => content.readDoubleLE(header + 8 * i))).toEqual([1, 2, 3, -4]);
  // The end record counts one entry and points at the directory.
  const end = bytes.length - 22;
  expect(bytes.readUInt16LE(end + 10)).toBe(1);
  expect(
    bytes
      .subarray(bytes.readUInt32LE(end + 16))
      .subarray(0, 4)
      .toString('latin1'),
  ).toBe('PK\x01\x02');
});

// NumPy's archive format, written by hand: a zip of .npy files (numpy.lib.format, version 1.0), deflated.
import { crc32, deflateRawSync } from 'node:zlib';

const TYPES = new Map([
  [Uint8Array, '|u1'],
  [Int32Array, '<i4'],
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
]);

/**
 * One array as a .npy file.
 * @param {Uint8Array | Int32Array | Float32Array | Float64Array} data Row by row.
 * @param {readonly number[]} shape Its product is the length of `data`.
 */
function npy(data, shape) {
  const type = TYPES.get(data.constructor);
  const count = shape.reduce((product, n) => product * n, 1);
  if (!type || count !== data.length) {
    throw new RangeError(
      `Expected ${shape.join('×')} numbers of a known type, received ${data.length} in a ${data.constructor.name}.`,
    );
  }
  const shapeText = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const fields = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shapeText}, }`;
  const header = Buffer.from(`${fields.padEnd(Math.ceil((fields.length + 11) / 64) * 64 - 11)}\n`, 'latin1');
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0, 0]);
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/**
 * The bytes of an .npz file. The same arrays give the same bytes.
 * @param {Record<string, { data: Uint8Array | Int32Array | Float32Array | Float64Array, shape: readonly number[] }>} arrays
 */
export function npz(arrays) {
  const files = [];
  const directory = [];
  let offset = 0;
  for (const [name, { data, shape }] of Object.entries(arrays)) {
    const plain = npy(data, shape);
    const packed = deflateRawSync(plain, { level: 9 });
    const title = Buffer.from(`${name}.npy`);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0); // version 2.0: deflate
    fields.writeUInt16LE(8, 4); // method
    fields.writeUInt32LE(0x00210000, 6); // 1980-01-01, the earliest date a zip can hold
    fields.writeUInt32LE(crc32(plain), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(plain.length, 18);
    fields.writeUInt16LE(title.length, 22);
    files.push(Buffer.from('PK\x03\x04', 'latin1'), fields, title, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, title);
    offset += 4 + fields.length + title.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Object.keys(arrays).length, 8);
  end.writeUInt16LE(Object.keys(arrays).length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

import { crc32, deflateRawSync } from 'node:zlib';

/** A NumPy array and its name in the file. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float64Array;
}

/**
 * The bytes of an `.npz` file (a ZIP archive of `.npy` arrays, deflated) as `numpy.load` reads it: NumPy Enhancement Proposal 1, version 1.0 of the
 * array format, row-major, little-endian. All sizes must stay below 4 GiB.
 */
export function npz(arrays: readonly NamedArray[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const array of arrays) {
    const name = Buffer.from(`${array.name}.npy`);
    const content = npy(array);
    const packed = deflateRawSync(content, { level: 9 });
    // Version needed, flags, deflate, no time, 1 January 1980, checksum, sizes, lengths of name and extra field.
    const entry = little([
      [20, 2],
      [0, 2],
      [8, 2],
      [0, 2],
      [33, 2],
      [crc32(content), 4],
      [packed.length, 4],
      [content.length, 4],
      [name.length, 2],
      [0, 2],
    ]);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), entry, name, packed]);
    // The directory repeats the entry between the maker's version, and comment, disk, attributes and place.
    const rest = little([
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [offset, 4],
    ]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), little([[20, 2]]), entry, rest, name]));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = little([
    [0, 4],
    [arrays.length, 2],
    [arrays.length, 2],
    [listing.length, 4],
    [offset, 4],
    [0, 2],
  ]);
  return Buffer.concat([...parts, listing, Buffer.from('PK\x05\x06'), end]);
}

function npy({ shape, data }: NamedArray): Uint8Array {
  const kind = data instanceof Uint8Array ? '|u1' : '<f8';
  const fields = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  // Magic, version and length take ten bytes; the data begins at a multiple of 64.
  const header = `${fields.padEnd(64 * Math.ceil((fields.length + 11) / 64) - 11)}\n`;
  const magic = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([magic, little([[header.length, 2]]), Buffer.from(header), bytes]);
}

function little(numbers: readonly (readonly [value: number, bytes: number])[]): Buffer {
  return Buffer.concat(
    numbers.map(([value, bytes]) => {
      const out = Buffer.alloc(bytes);
      out.writeUIntLE(value, 0, bytes);
      return out;
    }),
  );
}

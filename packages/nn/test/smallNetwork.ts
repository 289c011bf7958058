/** A plan of one 3 × 3 convolution from `picture` to `out`, 12 × 20 pixels; `change` alters the operation. */
export function plan(change: Readonly<Record<string, unknown>> = {}): string {
  const conv = { op: 'conv', in: 'picture', out: 'out', weight: 'blur.weight', bias: 'blur.bias', pad: [1, 1] };
  return JSON.stringify({
    format: 'gimbal-nn 1',
    name: 'small',
    tensors: { picture: { kind: 'input', shape: [12, 20, 1] }, out: { kind: 'output', shape: [12, 20, 1] } },
    programs: { main: [{ ...conv, ...change }] },
  });
}

/** Numbers without a pattern that a wrong index could miss. */
export function pictureOf(seed: number): Float32Array {
  return Float32Array.from({ length: 12 * 20 }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 0.5 + 0.5);
}

/** The convolution by its definition, zeros outside. */
export function sharpened(picture: Float32Array): number[] {
  const at = (y: number, x: number) => (y < 0 || y >= 12 || x < 0 || x >= 20 ? 0 : picture[y * 20 + x]);
  return [...picture].map((value, i) => {
    const [y, x] = [Math.floor(i / 20), i % 20];
    return (4 * value + at(y - 1, x) + at(y + 1, x) + at(y, x - 1) + at(y, x + 1)) / 8 + 0.25;
  });
}

/** A file of weights. */
export function safetensors(tensors: Readonly<Record<string, { shape: number[]; values: number[] }>>): Uint8Array {
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + 4 * values.length] };
    at += 4 * values.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  const numbers = Object.values(tensors).flatMap(({ values }) => values);
  file.set(new Uint8Array(Float32Array.from(numbers).buffer), 8 + text.length);
  return file;
}

import { GimbalError } from '@gimbal/core';
import { expect, test } from 'vitest';
import { addonInfo, loadNetwork } from '../src/index.js';
import { pictureOf, plan, safetensors, sharpened } from './smallNetwork.js';

const weights = safetensors({
  'blur.weight': { shape: [1, 1, 3, 3], values: [0, 1, 0, 1, 4, 1, 0, 1, 0].map((v) => v / 8) },
  'blur.bias': { shape: [1], values: [0.25] },
});

const { cudaReport } = addonInfo();
const cuda = cudaReport.devices.some(({ unusable }) => unusable === '');
if (!cuda) console.warn(`nn: networks on CUDA are not tested here: ${cudaReport.unavailable || 'there is no device'}`);
const devices: readonly ('cpu' | 'cuda')[] = cuda ? ['cpu', 'cuda'] : ['cpu'];

for (const device of devices) {
  test(`a convolution on ${device} is what its definition says`, async () => {
    const network = await loadNetwork(plan(), weights, { device, precision: 'float32' });
    expect(network.tensors.map(({ name, kind }) => `${name}: ${kind}`)).toEqual(['out: output', 'picture: input']);
    const pictures = [pictureOf(1), pictureOf(2), pictureOf(3)];
    const picture = Float32Array.from(pictures.flatMap((one) => [...one]));
    const { out } = await network.run({ inputs: { picture }, count: 3 });
    expect(out.length).toBe(3 * 12 * 20);
    const expected = pictures.flatMap(sharpened);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - out[i])))).toBeLessThan(1e-6);
    expect(network.memory()).toBeGreaterThan(picture.byteLength);
    await network.dispose();
    await expect(network.run({ inputs: { picture }, count: 3 })).rejects.toThrow('disposed');
  });
}

test('a luma plane is read as numbers from 0 to 1', async () => {
  const network = await loadNetwork(plan(), weights, { device: 'cpu' });
  const data = new Uint8Array(12 * 32);
  for (let y = 0; y < 12; y++) for (let x = 0; x < 20; x++) data[y * 32 + x] = 5 * x + y;
  const plane = { data, width: 20, height: 12, stride: 32, channels: 1, bytesPerSample: 1 } as const;
  const { out } = await network.run({ inputs: { picture: plane } });
  expect(out[5 * 20 + 7]).toBeCloseTo((5 * 7 + 5) / 255 + 0.25, 5);
  await network.dispose();
});

test('what does not fit is refused, saying what was expected and what came', async () => {
  const refuses = async (work: Promise<unknown>, code: string, part: string) => {
    const error = await work.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(GimbalError.isInstance(error) ? error.code : error).toBe(code);
    expect((error as Error).message).toContain(part);
  };
  await refuses(loadNetwork('{', weights, { device: 'cpu' }), 'GIMBAL_E_WEIGHTS', 'JSON');
  await refuses(loadNetwork('{"format":"other"}', weights, { device: 'cpu' }), 'GIMBAL_E_WEIGHTS', 'export it anew');
  await refuses(
    loadNetwork(plan(), weights.subarray(0, 40), { device: 'cpu' }),
    'GIMBAL_E_WEIGHTS',
    'longer than the file',
  );
  await refuses(
    loadNetwork(plan(), weights.subarray(0, weights.length - 4), { device: 'cpu' }),
    'GIMBAL_E_WEIGHTS',
    'reaches past the end',
  );
  await refuses(
    loadNetwork(plan(), weights, { device: 'cpu', precision: 'fp16' }),
    'GIMBAL_E_INVALID_ARGUMENT',
    'CPU computes networks in float32',
  );
  await refuses(loadNetwork(plan(), weights, { device: 'cuda:99' }), 'GIMBAL_E_DEVICE_UNAVAILABLE', 'cuda:99');
  const network = await loadNetwork(plan(), weights, { device: 'cpu' });
  const run = (inputs: Parameters<typeof network.run>[0]['inputs']) => network.run({ inputs });
  await refuses(run({ picture: new Float32Array(7) }), 'GIMBAL_E_INVALID_ARGUMENT', 'takes 240 numbers (1 × 12×20×1)');
  await refuses(run({ photo: new Float32Array(240) }), 'GIMBAL_E_INVALID_ARGUMENT', 'it has picture');
  await refuses(
    network.run({ inputs: { picture: pictureOf(1) }, programs: ['other'] }),
    'GIMBAL_E_INVALID_ARGUMENT',
    'it has main',
  );
  await network.dispose();
  for (const [change, part] of [
    [{ weight: 'missing' }, 'the weights lack "missing"'],
    [{ in: 'nothing' }, '"nothing" was not computed before'],
    [{ op: 'convolve' }, 'no such operation; known are add, attention'],
    [{ stride: [0, 1] }, '"stride" must be from 1 to 64'],
    [{ pad: [0, 0] }, 'not the shape that the plan declares'],
  ] as const) {
    const wrong = await loadNetwork(plan(change), weights, { device: 'cpu' });
    const answer = wrong.run({ inputs: { picture: pictureOf(1) } });
    await refuses(answer, 'GIMBAL_E_INVALID_ARGUMENT', part);
    await refuses(wrong.run({ inputs: { picture: pictureOf(1) } }), 'GIMBAL_E_INVALID_ARGUMENT', 'operation 0');
    await wrong.dispose();
  }
});

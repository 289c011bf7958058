import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CudaBridge, type OpenVideoOptions, openVideo } from './index.js';
import { makeClip, readAll, scratchFolder } from './testClips.js';

const folder = scratchFolder();
const file = path.join(folder, 'clip.mp4');
/** What a machine without a driver answers. */
const nothingThere: CudaBridge = {
  addressOf: () => 0n,
  shareContext: () => Promise.reject(new GimbalError('GIMBAL_E_DEVICE_UNAVAILABLE', 'no NVIDIA driver is installed')),
};

beforeAll(async () => {
  await makeClip(file);
});

describe('without a device', () => {
  test.each([
    [{}, 'host memory were asked for'],
    [{ device: 'cpu', cuda: nothingThere }, 'host memory were asked for'],
    [{ device: 'auto' }, 'no native code was given'],
    [{ device: 'auto', cuda: nothingThere }, 'no NVIDIA driver is installed'],
  ] as const)('%o decodes by software and says why', async (options, why) => {
    const source = await openVideo(file, options);
    expect(source.decoder).toEqual({ name: 'software', device: undefined, reason: expect.stringContaining(why) });
    expect(source.info.format.name).toBe('yuv420p');
    expect((await readAll(source)).count).toBe(10);
    await source.close();
  });

  test.each(['cuda', 'cuda:0'] as const)('%s is refused with the reason', async (device) => {
    await expect(openVideo(file, { device, cuda: nothingThere })).rejects.toMatchObject({
      code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
      message: 'no NVIDIA driver is installed',
    });
  });

  test.each<[OpenVideoOptions, RegExp]>([
    [{ device: 'cuda' }, /needs the option cuda.*cudaBridge/],
    [{ device: 'gpu' as 'cuda' }, /auto, cpu, cuda and cuda:N, received 'gpu'/],
    [{ device: 'cuda:x' as 'cuda' }, /received 'cuda:x'/],
  ])('%o is a mistake and named as one', async (options, message) => {
    await expect(openVideo(file, options)).rejects.toMatchObject({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });
});

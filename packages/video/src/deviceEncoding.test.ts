import { existsSync } from 'node:fs';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { describe, expect, test } from 'vitest';
import { type CudaBridge, createVideoSink, openVideo, type VideoSinkOptions } from './index.js';
import { formatNamed, like, paint, readAll, scratchFolder } from './testClips.js';

const folder = scratchFolder();
const format = formatNamed('yuv420p');
const size = { width: 64, height: 48 };
/** What a machine without a driver answers. */
const cuda: CudaBridge = {
  addressOf: () => 0n,
  shareContext: () => Promise.reject(new GimbalError('GIMBAL_E_DEVICE_UNAVAILABLE', 'no NVIDIA driver is installed')),
};
const options = (rest: Partial<VideoSinkOptions>): VideoSinkOptions => ({
  source: { format, frameRate: 25 },
  preset: 'ultrafast',
  ...rest,
});

describe('without a GPU that encodes', () => {
  test('auto encodes by software and says why', async () => {
    const file = path.join(folder, 'auto.mp4');
    const sink = createVideoSink(file, options({ encoder: 'auto', cuda }));
    await sink.open(size);
    expect(sink.memory).toEqual(['host']);
    const frame = sink.allocate(like(format, 0, 0));
    if (frame.memory === 'host') paint(frame);
    await sink.write(frame);
    await sink.finish();
    expect(sink.notes).toEqual([expect.stringContaining('no NVIDIA driver is installed')]);
    const source = await openVideo(file);
    expect((await readAll(source)).count).toBe(1);
    await source.close();
  });

  test.each([
    [{ cuda }, 'no NVIDIA driver is installed'],
    [{}, 'no native code was given'],
    [{ cuda, device: 'cpu' }, "frames are on the device 'cpu'"],
    [{ cuda, codec: 'ffv1' }, 'it has no ffv1'],
  ] as const)('nvenc with %o is refused with the reason, and nothing is left behind', async (rest, why) => {
    const file = path.join(folder, 'refused.mkv');
    const sink = createVideoSink(file, options({ ...rest, encoder: 'nvenc' }));
    await expect(sink.open(size)).rejects.toMatchObject({
      code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
      message: expect.stringContaining(why),
    });
    await sink.abort();
    expect(existsSync(file)).toBe(false);
  });

  test('an encoder that nobody knows is a mistake', async () => {
    const sink = createVideoSink(path.join(folder, 'x.mkv'), options({ encoder: 'gpu' as 'nvenc' }));
    await expect(sink.open(size)).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  });
});

import { describe, expect, test } from 'vitest';
import { addonInfo, deviceMemoryInfo, measureTransfers, probeDevices } from '../src/index.js';

const { unavailable, devices } = addonInfo().cudaReport;
if (unavailable) console.log(`transfers: skipped, ${unavailable}`);

test.skipIf(unavailable === '')('without a device the reason is told', async () => {
  const refusal = { code: 'GIMBAL_E_DEVICE_UNAVAILABLE', message: unavailable };
  await expect(deviceMemoryInfo(0)).rejects.toMatchObject(refusal);
  await expect(measureTransfers(0, [1000])).rejects.toMatchObject(refusal);
});

test('devices can be asked for off the event loop', async () => {
  expect(await probeDevices()).toEqual(addonInfo().cudaReport);
});

test('sizes that cannot be copied are refused', async () => {
  for (const bytes of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
    await expect(measureTransfers(0, [bytes])).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  }
});

describe.skipIf(unavailable !== '')('on a device', () => {
  test('it tells its memory, and refuses to answer for another', async () => {
    const { free, total } = await deviceMemoryInfo(0);
    expect(free).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(free);
    await expect(deviceMemoryInfo(devices.length)).rejects.toMatchObject({
      code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/there is no cuda:\d+; this machine has \d+ CUDA device/),
    });
  });

  test('larger copies take longer', async () => {
    const { copies, launch } = await measureTransfers(0, [100_000, 16_000_000]);
    expect(copies).toHaveLength(8);
    for (const [i, { bytes, time }] of copies.entries()) {
      expect(time.low).toBeLessThanOrEqual(time.median);
      if (bytes > 100_000) expect(time.median).toBeGreaterThan(copies[i - 1].time.median);
    }
    expect(launch.roundTrip.median).toBeGreaterThan(launch.issue.median);
  });

  test('can be cancelled', async () => {
    const cancelled = measureTransfers(0, [1000], { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  });
});

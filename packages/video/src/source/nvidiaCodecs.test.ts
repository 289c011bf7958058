import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nvidiaCodecs } from './nvidiaCodecs.js';

const driver = existsSync('/proc/driver/nvidia/version');

test('every codec is usable or says why not', async () => {
  const { decoders, encoders } = await nvidiaCodecs();
  expect(decoders.map(({ codec }) => codec)).toEqual(expect.arrayContaining(['h264', 'hevc', 'av1', 'vp9']));
  expect(encoders.map(({ codec }) => codec)).toEqual(['h264', 'hevc', 'av1']);
  for (const { usable, reason } of [...decoders, ...encoders]) expect(reason === '').toBe(usable);
});

test.skipIf(driver)('without a driver the reason is its library', async () => {
  const { decoders, encoders } = await nvidiaCodecs();
  for (const { reason } of [...decoders, ...encoders]) expect(reason).toMatch(/cuda|cuvid|nvcuda|nvencode/i);
});

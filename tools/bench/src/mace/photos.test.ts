import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PHOTO } from './bins.js';
import { readPairs } from './pairList.js';
import { loadPhotos, photoFile } from './photos.js';
import { renderBin } from './renderBin.js';

const number = 139;
const there = existsSync(photoFile(number));
if (!there) console.log(`skipped: no validation photo at ${photoFile(number)} (GIMBAL_SHARED points elsewhere)`);

test.skipIf(!there)('a photo becomes 320×240 gray, and its pairs are the same every time', async () => {
  const photos = await loadPhotos([number]);
  expect(photos.get(number)).toMatchObject(PHOTO);
  const pairs = readPairs().filter(({ bin, photo }) => bin === 'clean-8' && photo === number);
  expect(pairs.length).toBeGreaterThan(3);
  const bin = renderBin('clean-8', pairs, photos);
  expect(renderBin('clean-8', pairs, await loadPhotos([number])).digest).toBe(bin.digest);
  expect(new Set(bin.pixels).size).toBeGreaterThan(100);
});

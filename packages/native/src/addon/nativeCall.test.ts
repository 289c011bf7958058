import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { expect, test } from 'vitest';
import { nativeCall } from './nativeCall.js';
import { openAddon } from './openAddon.js';

const failing = (error: unknown) => nativeCall(() => Promise.reject(error));

test('what CUDA refuses keeps its kind, an argument that is wrong stays one', async () => {
  const refused = Object.assign(new Error('cudaMalloc failed'), { kind: 'outOfMemory' });
  await expect(failing(refused)).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_MEMORY', cause: refused });
  await expect(failing(new RangeError('too wide'))).rejects.toMatchObject({
    code: 'GIMBAL_E_INVALID_ARGUMENT',
    message: 'too wide',
  });
});

test('an addon that is missing is not an argument that is wrong', async () => {
  const directory = path.join(import.meta.dirname, '../..');
  const missing = { name: '@gimbal/native', directory, file: 'nothing.node', variable: 'GIMBAL_NOTHING_PATH' };
  await expect(nativeCall(async () => openAddon(missing))).rejects.toMatchObject({ code: 'GIMBAL_E_ADDON' });
});

test('what was cancelled says so', async () => {
  await expect(nativeCall(async () => 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  expect(GimbalError.isInstance(await failing(new Error('no')).catch((error) => error))).toBe(true);
});

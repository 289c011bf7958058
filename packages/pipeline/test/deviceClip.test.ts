import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Frame } from '@gimbal/core';
import { addonInfo, allocateHostFrame, createFrameCopier } from '@gimbal/native';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDeviceClip } from '../src/clip/deviceClip.js';
import { abortedAt } from './abortedAt.js';
import { shakyClip } from './clips.js';
import { read, samples } from './engineClips.js';

const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`clips that a thread decodes for a device: skipped, ${unavailable}`);

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-thread-'));
const file = path.join(folder, 'shaky.mp4');
const frames = 60;
const device = 'cuda:0';
beforeAll(() => shakyClip(file, { frames, size: { width: 320, height: 240 } }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a module that has `open`, the built `openDeviceClip` on the clip; gives its exit code and what it printed. */
function child(code: string): Promise<{ code: number; printed: string; said: string }> {
  const built = pathToFileURL(path.resolve(import.meta.dirname, '../dist/index.js')).href;
  const head = `import { openDeviceClip } from '${built}';
const open = (options) => openDeviceClip(${JSON.stringify(file)}, { device: '${device}', ...options });`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', `${head}\n${code}`], (error, printed, said) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), printed, said });
    });
  });
}

test('what the file is refused for is told as by openVideo', async () => {
  await expect(openDeviceClip(`${file}.not`, { device })).rejects.toMatchObject({ code: 'GIMBAL_E_INPUT_NOT_FOUND' });
});

test('the signal ends the opening', async () => {
  const stop = new AbortController();
  const opening = openDeviceClip(file, { device, signal: stop.signal });
  setTimeout(() => stop.abort(), 30);
  await expect(opening).rejects.toMatchObject({
    code: expect.stringMatching(unavailable ? /CANCELLED|UNAVAILABLE/ : /CANCELLED/),
  });
  await expect(openDeviceClip(file, { device, signal: stop.signal })).rejects.toMatchObject({
    code: 'GIMBAL_E_CANCELLED',
  });
});

test('a process that exits while the clip is opened does so with its own code', { timeout: 30_000 }, async () => {
  for (const after of [0, 60, 90, 120]) {
    const ended = await child(`open().catch(() => undefined); setTimeout(() => process.exit(3), ${after});`);
    expect(ended).toEqual({ code: 3, printed: '', said: '' });
  }
});

test.skipIf(unavailable === '')('without a device the thread says why, and is gone', async () => {
  await expect(openDeviceClip(file, { device, decoder: 'software' })).rejects.toMatchObject({
    code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
    message: expect.stringContaining(unavailable),
  });
  // Nothing keeps the process.
  expect(await child('await open().catch(({ code }) => console.log(code));')).toMatchObject({
    code: 0,
    printed: 'GIMBAL_E_DEVICE_UNAVAILABLE\n',
  });
});

describe.skipIf(unavailable !== '')('on a device', () => {
  test.each([
    ['software', undefined],
    ['software', 0],
    ['nvdec', undefined],
    ['nvdec', 0],
  ] as const)('frames decoded by %s within a budget of %s are those of the file', async (decoder, deviceMemory) => {
    const clip = await openDeviceClip(file, { device, decoder, deviceMemory });
    expect(clip.decoder).toEqual({ name: decoder, reason: 'asked for (--decoder)' });
    const wanted = await read(clip.video);
    const copier = createFrameCopier(0);
    for (let pass = 0; pass < 3; pass++) {
      let index = 0;
      for await (const frame of clip.frames({ analysisOnly: false })) {
        const host = allocateHostFrame(frame.format, frame, frame);
        await copier.copy(frame, host);
        frame.close();
        expect(samples(host)).toEqual(wanted.pictures[index]);
        expect(frame.time).toBe(wanted.times[index++]);
      }
      expect(index).toBe(frames);
    }
    expect(clip.kept).toMatchObject({ complete: deviceMemory === undefined, passes: deviceMemory === 0 ? 3 : 1 });
    expect(clip.warnings).toEqual([]);
    await copier.dispose();
    await clip.close();
  });

  test('frames outlive their clip', async () => {
    const clip = await openDeviceClip(file, { device, decoder: 'nvdec' });
    const wanted = await read(clip.video);
    const held: Frame[] = [];
    for await (const frame of clip.frames()) held.push(frame);
    await clip.close();
    const copier = createFrameCopier(0);
    for (const [i, frame] of held.entries()) {
      const host = allocateHostFrame(frame.format, frame, frame);
      await copier.copy(frame, host);
      expect(samples(host)).toEqual(wanted.pictures[i]);
    }
    await copier.dispose();
    for (const frame of held) frame.close();
    expect(() => held[0].planes).toThrow(/has been closed/);
  });

  test('a pass ends early by its consumer and by its signal, and the clip is read anew', async () => {
    const clip = await openDeviceClip(file, { device, decoder: 'nvdec', deviceMemory: 0 });
    for (let round = 0; round < 3; round++) {
      for await (const frame of clip.frames()) {
        frame.close();
        if (frame.index === 7) break;
      }
      await expect(abortedAt(clip, 7)).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    }
    let count = 0;
    for await (const frame of clip.frames()) {
      frame.close();
      count++;
    }
    expect(count).toBe(frames);
    await clip.close();
  });

  test('a process that exits in the midst of a pass does so with its own code', { timeout: 60_000 }, async () => {
    for (const decoder of ['software', 'nvdec']) {
      for (const at of [1, 9, 30]) {
        const ended = await child(`const clip = await open({ decoder: '${decoder}', deviceMemory: 0 });
for await (const frame of clip.frames()) { frame.close(); if (frame.index === ${at}) process.exit(3); }`);
        expect(ended).toEqual({ code: 3, printed: '', said: '' });
      }
    }
  });
});

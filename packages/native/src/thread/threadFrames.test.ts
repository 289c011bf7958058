import { type Frame, GimbalError } from '@gimbal/core';
import { afterEach, expect, test, vi } from 'vitest';
import { serveFrames } from './serveFrames.js';
import { type Course, FRAME_BYTES, sharedClip } from './sharedClip.js';
import { spiedChannel } from './spiedChannel.js';
import { ThreadFrames } from './threadFrames.js';

const ALL = Number.POSITIVE_INFINITY;
const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/** Both ends of a port: in one thread, but every message crosses as it does between two. */
function served(course: Course, budgetBytes = ALL) {
  const { cache, device, seen } = sharedClip(course, budgetBytes);
  const { port1, port2, sent1: sent, sent2: told } = spiedChannel();
  const service = serveFrames(port1, cache);
  const source = new ThreadFrames(port2, structuredClone(service.clip));
  ended.push(() => port1.close());
  return { source, service, device, seen, sent, told, cut: () => port1.close() };
}

async function read(source: ThreadFrames, device: ReturnType<typeof served>['device']) {
  const values: (number | undefined)[] = [];
  const times: number[] = [];
  for await (const frame of source.frames()) {
    values.push(device.valueOf(frame));
    times.push(frame.time);
    frame.close();
  }
  return { values, times };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

test('a clip that is kept is described once, several frames in a message, and needs no message after that', async () => {
  const { source, service, device, seen, sent, told } = served({ frames: 100 });
  expect(source.info).toEqual(service.clip.info);
  const first = await read(source, device);
  expect(first).toEqual({ values: numbers(100), times: numbers(100).map((i) => i / 30) });
  expect(source.kept).toMatchObject({ complete: true, frames: 100, passes: 1 });
  expect(sent.filter((kind) => kind === 'frames').length).toBeLessThanOrEqual(100 / 8 + 2);
  const before = [sent.length, told.length];
  expect(await read(source, device)).toEqual(first);
  expect([sent.length, told.length]).toEqual(before);
  expect(seen).toMatchObject({ passes: 1, read: 100, analysisOnly: [false] });
  await source.close();
  await service.over;
  expect([seen.closed, device.open, device.bytes]).toEqual([1, 0, 0]);
});

test('a clip that is not kept is read again, a few frames ahead of its consumer', async () => {
  const { source, service, device, seen } = served({ frames: 60 }, 0);
  let index = 0;
  for await (const frame of source.frames({ analysisOnly: true })) {
    expect(device.valueOf(frame)).toBe(index++);
    await new Promise((resolve) => setTimeout(resolve, 1));
    // 24 of such small ones are under way between the threads, three are brought, one is at work.
    expect(seen.read - index).toBeLessThanOrEqual(28);
    expect(device.bytes / FRAME_BYTES).toBeLessThanOrEqual(64);
    frame.close();
  }
  expect(index).toBe(60);
  expect((await read(source, device)).values).toEqual(numbers(60));
  expect(source.kept).toMatchObject({ complete: false, frames: 0, passes: 2 });
  expect(seen.analysisOnly).toEqual([true, false]);
  await source.close();
  await service.over;
  expect([device.open, device.bytes]).toEqual([0, 0]);
});

test('a clip that turns out too long leaves nothing behind on the way', async () => {
  const { source, service, device } = served({ frames: 50, announced: 10 }, 20 * FRAME_BYTES);
  const held: Frame[] = [];
  for await (const frame of source.frames()) {
    if (held.length < 30) held.push(frame);
    else frame.close();
  }
  expect(source.kept).toMatchObject({ complete: false, frames: 0, clipBytes: 50 * FRAME_BYTES });
  expect(held.map((frame) => device.valueOf(frame))).toEqual(numbers(30));
  for (const frame of held) frame.close();
  expect((await read(source, device)).values).toEqual(numbers(50));
  await source.close();
  await service.over;
  expect([device.open, device.bytes]).toEqual([0, 0]);
});

test('frames and clones live until each is closed, also beyond their source', async () => {
  const { source, service, device, seen } = served({ frames: 40 });
  const held: Frame[] = [];
  for (let pass = 0; pass < 2; pass++) {
    for await (const frame of source.frames()) {
      if (frame.index % 10 === pass) held.push(frame.clone());
      frame.close();
      frame.close();
    }
  }
  await source.close();
  expect(seen.closed).toBe(1);
  expect(held.map((frame) => device.valueOf(frame))).toEqual([0, 10, 20, 30, 1, 11, 21, 31]);
  expect(device.open).toBe(8);
  for (const frame of held) frame.close();
  await service.over;
  expect([device.open, device.bytes]).toEqual([0, 0]);
  expect(() => held[0].clone()).toThrow(/closed/);
  await expect(source.frames().next()).rejects.toThrow(/after it was closed/);
});

test('an error comes as itself, after the frames before it, and the next pass begins anew', async () => {
  const cause = new Error('cudaErrorIllegalAddress');
  const error = new GimbalError('GIMBAL_E_DEVICE_MEMORY', 'Nothing is free.', { cause });
  const { source, device, seen } = served({ frames: 40, failure: { at: 21, error } });
  for (let pass = 1; pass <= 2; pass++) {
    const values: (number | undefined)[] = [];
    const reading = (async () => {
      for await (const frame of source.frames()) {
        values.push(device.valueOf(frame));
        frame.close();
      }
    })();
    const caught = await reading.catch((error: unknown) => error);
    expect(GimbalError.isInstance(caught) && caught.code).toBe('GIMBAL_E_DEVICE_MEMORY');
    expect(caught).toMatchObject({ message: 'Nothing is free.', cause: { message: 'cudaErrorIllegalAddress' } });
    expect(values).toEqual(numbers(21));
    expect(seen.passes).toBe(pass);
  }
  await source.close();
  expect(device.open).toBe(0);
});

test('a pass ends early by its consumer, by its signal and by close, and every frame goes back', async () => {
  const { source, service, device, seen } = served({ frames: 200 });
  for await (const frame of source.frames()) {
    frame.close();
    if (frame.index === 5) break;
  }
  expect(source.kept).toMatchObject({ complete: false, frames: 0 });
  await vi.waitFor(() => expect(device.open).toBe(0));
  const stop = new AbortController();
  const aborted = (async () => {
    for await (const frame of source.frames({ signal: stop.signal })) {
      frame.close();
      if (frame.index === 5) stop.abort();
    }
  })();
  await expect(aborted).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  await vi.waitFor(() => expect(device.open).toBe(0));
  expect(seen.read).toBeLessThan(100);
  expect((await read(source, device)).values).toEqual(numbers(200));
  const other = source.frames();
  ((await other.next()).value as Frame).close();
  await source.close();
  await expect(other.next()).rejects.toThrow(/after it was closed/);
  await service.over;
  expect([device.open, device.bytes]).toEqual([0, 0]);
});

test('whoever waits is woken by the signal, and by close, while nothing comes', async () => {
  let stuck = true;
  const before = async (index: number) => {
    while (stuck && index === 3) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const { source, seen, told } = served({ frames: 10, before });
  const stop = new AbortController();
  const reading = (async () => {
    for await (const frame of source.frames({ signal: stop.signal })) frame.close();
  })();
  reading.catch(() => undefined);
  await vi.waitFor(() => expect(seen.read).toBe(3));
  stop.abort(new GimbalError('GIMBAL_E_CANCELLED', 'Enough.'));
  await vi.waitFor(() => expect(told).toContain('stop'));
  // Until the message has come to the other end.
  await new Promise((resolve) => setTimeout(resolve, 20));
  stuck = false;
  await expect(reading).rejects.toThrow('Enough.');
  stuck = true;
  const already = seen.read;
  const again = (async () => {
    for await (const frame of source.frames()) frame.close();
  })();
  again.catch(() => undefined);
  await vi.waitFor(() => expect(seen.read).toBe(already + 3));
  const closing = source.close();
  stuck = false;
  await closing;
  await expect(again).rejects.toThrow(/after it was closed/);
});

test('a thread that dies ends every pass with a device error, and its memory is touched no more', async () => {
  const { source, device, cut } = served({ frames: 200 });
  const held: Frame[] = [];
  const reading = (async () => {
    for await (const frame of source.frames()) {
      held.push(frame);
      if (frame.index === 5) cut();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_LOST' });
  expect(() => held[0].planes).toThrow(/ended unexpectedly/);
  for (const frame of held) frame.close();
  await expect(source.frames().next()).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_LOST' });
  await source.close();
  // The end that is still there takes everything back by itself.
  await vi.waitFor(() => expect([device.open, device.bytes]).toEqual([0, 0]));
});

test('two passes at once give all frames each, and only the one that fills is kept', async () => {
  const { source, service, device, seen } = served({ frames: 50 });
  const both = await Promise.all([read(source, device), read(source, device)]);
  expect(both.map(({ values }) => values)).toEqual([numbers(50), numbers(50)]);
  await vi.waitFor(() => expect(device.open).toBe(50));
  expect((await read(source, device)).values).toEqual(numbers(50));
  expect(seen.passes).toBe(2);
  await source.close();
  await service.over;
  expect([device.open, device.bytes]).toEqual([0, 0]);
});

test('the serving thread may end it all, as a process does that exits', async () => {
  const { source, service, seen } = served({ frames: 200 });
  const frames = source.frames();
  ((await frames.next()).value as Frame).close();
  service.close();
  await service.atRest;
  expect(seen.closed).toBe(1);
  await expect(
    (async () => {
      for await (const frame of frames) frame.close();
    })(),
  ).rejects.toThrow(GimbalError);
  await source.close();
});

import { MessageChannel, Worker } from 'node:worker_threads';
import { type Frame, GimbalError, type HostFrame, type Size } from '@gimbal/core';
import { afterEach, expect, test, vi } from 'vitest';
import { allocateHostFrame } from '../allocateHostFrame.js';
import { formatNamed } from '../testFrames.js';
import { type ServedSink, serveSink } from './serveSink.js';
import type { PictureTiming } from './sharedPicture.js';
import { spiedChannel } from './spiedChannel.js';
import { ThreadSink } from './threadSink.js';

const size: Size = { width: 8, height: 2 };
const format = formatNamed('yuv420p');
const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/** What a sink does, and when. */
interface Course {
  readonly refuse?: Error;
  readonly failure?: { readonly at: number; readonly error: Error };
  /** Awaited before each frame is taken. */
  readonly before?: (index: number) => Promise<void>;
  readonly finishing?: Promise<void>;
  readonly opening?: Promise<void>;
}

/** Both ends of a port: in one thread, but every message crosses as it does between two. */
function served({ refuse, failure, before, finishing, opening }: Course = {}) {
  const seen = { values: [] as number[], times: [] as unknown[], finishing: 0, finished: 0, aborted: 0, tidied: 0 };
  const notes: string[] = [];
  const sink: ServedSink = {
    notes,
    async open() {
      if (refuse !== undefined) throw refuse;
      await opening;
      notes.push('opened');
    },
    allocate({ time, index, pts, duration }: Frame & PictureTiming) {
      return Object.assign(allocateHostFrame(format, size, { time, index }), { pts, duration });
    },
    async write(frame) {
      await before?.(frame.index);
      const { planes, index, time, pts, duration } = frame as HostFrame & { pts?: bigint; duration?: bigint };
      for (const { data, width } of planes) expect(new Set(data.subarray(0, width)).size).toBe(1);
      seen.values.push(planes[0].data[0]);
      seen.times.push([index, time, pts, duration]);
      frame.close();
      if (failure?.at === index) throw failure.error;
    },
    async finish() {
      seen.finishing++;
      await finishing;
      seen.finished++;
      notes.push('finished');
    },
    async abort() {
      seen.aborted++;
    },
  };
  const { port1, port2, sent1: told, sent2: sent } = spiedChannel();
  const service = serveSink(port1, sink);
  const lost = async () => {
    seen.tidied++;
  };
  const writer = new ThreadSink(port2, { name: 'out.mp4', format, fullRange: true, lost });
  ended.push(() => port1.close());
  return { writer, service, seen, sent, told, cut: () => port1.close() };
}

const like = (index: number, more: object = {}) => ({ format, index, time: index / 30, ...more }) as Frame;

function filled(sink: ThreadSink, index: number, more?: object) {
  const frame = sink.allocate(like(index, more));
  for (const { data } of frame.planes) data.fill(index);
  return frame;
}

async function writeAll(sink: ThreadSink, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await sink.write(filled(sink, index));
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

test('pictures arrive as they were written, in order, several in a message and in memory that is used again', async () => {
  const { writer, service, seen, sent, told } = served();
  await writer.open(size);
  expect(writer.notes).toEqual(['opened']);
  await writeAll(writer, 100);
  const { pictures } = writer;
  await writer.finish();
  await service.atRest;
  expect(seen).toMatchObject({ values: numbers(100), finished: 1, aborted: 0, tidied: 0 });
  expect(seen.times[3]).toEqual([3, 0.1, undefined, undefined]);
  expect(writer.notes).toEqual(['opened', 'finished']);
  expect(pictures).toBeLessThanOrEqual(24);
  expect(sent.length).toBeLessThanOrEqual(100 / 4 + 5);
  expect(told.length).toBeLessThanOrEqual(100 / 4 + 5);
  await writer.abort();
  expect(seen.aborted).toBe(0);
});

test('time stamps, flags and clones of a picture, and frames from elsewhere', async () => {
  const { writer, seen } = served();
  await writer.open(size);
  const first = filled(writer, 0, { pts: 7n, duration: 3n });
  expect(first).toMatchObject({ fullRange: true, time: 0, index: 0, memory: 'host', width: 8, height: 2 });
  const clone = first.clone();
  await writer.write(first);
  expect(() => first.planes).toThrow(/has been closed/);
  const foreign = allocateHostFrame(format, size, { time: 0.5, index: 1 });
  for (const { data } of foreign.planes) data.fill(1);
  await writer.write(foreign);
  expect(() => foreign.planes).toThrow(/has been closed/);
  for (const index of [2, 3, 4, 5, 6, 7, 8]) await writer.write(filled(writer, index));
  // As long as there is a clone, nobody else gets the memory.
  expect(clone.planes[0].data[0]).toBe(0);
  clone.close();
  clone.close();
  await writer.finish();
  expect(seen.values).toEqual(numbers(9));
  expect(seen.times.slice(0, 2)).toEqual([
    [0, 0, 7n, 3n],
    [1, 0.5, undefined, undefined],
  ]);
});

test('a slow sink holds the writer back, and lends no more than it must', async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { writer, seen } = served({ before: () => gate });
  await writer.open(size);
  let written = 0;
  const writing = (async () => {
    for (; written < 50; written++) await writer.write(filled(writer, written));
  })();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([written, writer.pictures]).toEqual([15, 16]);
  open();
  await writing;
  expect(writer.pictures).toBeLessThanOrEqual(24);
  await writer.finish();
  expect(seen.values).toEqual(numbers(50));
});

test('what is refused at once: other sizes and formats, and whatever comes at the wrong time', async () => {
  const { writer } = served();
  const wrong = { code: 'GIMBAL_E_INVALID_ARGUMENT' };
  expect(() => writer.allocate(like(0))).toThrow(expect.objectContaining(wrong));
  await expect(writer.finish()).rejects.toMatchObject(wrong);
  await writer.open(size);
  await expect(writer.open(size)).rejects.toMatchObject(wrong);
  expect(() => writer.allocate({ ...like(0), format: formatNamed('gray') })).toThrow(/Expected frames of yuv420p/);
  const other = allocateHostFrame(format, { width: 4, height: 2 }, { time: 0, index: 0 });
  await expect(writer.write(other)).rejects.toThrow(/Expected 8×2 frames of yuv420p in host memory, received 4×2/);
  await writer.write(filled(writer, 0));
  await writer.finish();
  await expect(writer.finish()).rejects.toMatchObject(wrong);
  expect(() => writer.allocate(like(1))).toThrow(expect.objectContaining(wrong));
});

test('the error of an earlier frame surfaces, with its code, and abort leaves nothing', async () => {
  const error = new GimbalError('GIMBAL_E_DISK_FULL', 'Nothing is free.', { cause: new Error('ENOSPC') });
  for (const through of ['write', 'finish']) {
    const { writer, service, seen } = served({ failure: { at: 5, error } });
    await writer.open(size);
    const run = through === 'write' ? writeAll(writer, 100) : writeAll(writer, 6).then(() => writer.finish());
    const failed = { code: 'GIMBAL_E_DISK_FULL', message: 'Nothing is free.', cause: { message: 'ENOSPC' } };
    await expect(run).rejects.toMatchObject(failed);
    expect(seen.values).toEqual(numbers(6));
    await writer.abort();
    await service.atRest;
    expect(seen).toMatchObject({ finished: 0, aborted: 1, tidied: 0 });
    await expect(writer.finish()).rejects.toMatchObject(failed);
  }
  const { writer } = served({ refuse: error });
  await expect(writer.open(size)).rejects.toMatchObject({ code: 'GIMBAL_E_DISK_FULL' });
  await writer.abort();
});

test('the other thread is not at rest while its sink still opens, though that was given up', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { writer, service, seen } = served({ opening: gate });
  const open = writer.open(size);
  const refused = expect(open).rejects.toThrow(/not open/);
  await new Promise((resolve) => setTimeout(resolve, 10));
  const aborting = writer.abort();
  let rested = false;
  void service.atRest.then(() => {
    rested = true;
  });
  await vi.waitFor(() => expect(seen.aborted).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(rested).toBe(false);
  go();
  await Promise.all([refused, aborting, service.atRest]);
});

test('abort comes at any time: before, while opening, with a writer that waits, while finishing', async () => {
  const before = served();
  await before.writer.abort();
  await expect(before.writer.open(size)).rejects.toThrow(/used up/);
  const opening = served();
  const open = opening.writer.open(size);
  await Promise.all([expect(open).rejects.toThrow(/not open/), opening.writer.abort()]);
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const waiting = served({ before: () => gate });
  await waiting.writer.open(size);
  const writing = writeAll(waiting.writer, 20);
  writing.catch(() => undefined);
  await vi.waitFor(() => expect(waiting.writer.pictures).toBe(16));
  const aborting = waiting.writer.abort();
  await expect(writing).rejects.toThrow(/not open/);
  go();
  await aborting;
  const late = served({ finishing: new Promise(() => undefined) });
  await late.writer.open(size);
  await writeAll(late.writer, 3);
  const finish = late.writer.finish();
  finish.catch(() => undefined);
  await vi.waitFor(() => expect(late.seen.finishing).toBe(1));
  await late.writer.abort();
  await expect(finish).rejects.toThrow(/not open/);
  const hasty = served();
  await hasty.writer.open(size);
  await writeAll(hasty.writer, 3);
  await Promise.allSettled([hasty.writer.finish(), hasty.writer.abort()]);
  expect(hasty.seen.finishing).toBe(0);
  for (const { seen, service } of [before, opening, waiting, late, hasty]) {
    await service.atRest;
    expect(seen).toMatchObject({ finished: 0, aborted: 1 });
  }
});

test('a thread that dies ends every call with an error, and what it left is put away once', async () => {
  const { writer, seen, cut, service } = served();
  await writer.open(size);
  const run = async () => {
    for (let index = 0; index < 200; index++) {
      await writer.write(filled(writer, index));
      if (index === 9) cut();
    }
  };
  const died = { code: 'GIMBAL_E_ENCODE', message: 'The thread that encodes out.mp4 has ended unexpectedly.' };
  await expect(run()).rejects.toMatchObject(died);
  await expect(writer.finish()).rejects.toMatchObject(died);
  await writer.abort();
  expect(seen.tidied).toBe(1);
  // The end that is still there gives the output up.
  await service.atRest;
  expect(seen).toMatchObject({ finished: 0, aborted: 1 });
});

test('so it is with a real thread that leaves without a word', async () => {
  const { port1, port2 } = new MessageChannel();
  const program = `const { workerData } = require('node:worker_threads');
workerData.on('message', ({ kind }) => kind === 'open' ? workerData.postMessage({ kind: 'opened', notes: [] }) : process.exit());`;
  new Worker(program, { eval: true, workerData: port2, transferList: [port2] }).unref();
  const writer = new ThreadSink(port1, { name: 'out.mp4', format, fullRange: false });
  await writer.open(size);
  await expect(writeAll(writer, 100)).rejects.toMatchObject({ code: 'GIMBAL_E_ENCODE' });
  await writer.abort();
});

test('the serving thread may end it all, as a process does that exits', async () => {
  const { writer, seen, service } = served();
  await writer.open(size);
  await writeAll(writer, 5);
  service.abort(new GimbalError('GIMBAL_E_CANCELLED', 'Enough.'));
  await service.atRest;
  await expect(writer.finish()).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  expect(seen).toMatchObject({ finished: 0, aborted: 1, tidied: 0 });
});

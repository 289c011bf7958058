import { type Frame, type FrameSource, GimbalError, type HostFrame } from '@gimbal/core';
import { expect, test } from 'vitest';
import { allocateHostFrame } from '../plane/allocateHostFrame.js';
import { formatNamed } from '../testFrames.js';
import { CachingSource, type DeviceStore } from './cachingSource.js';
import { MemorySlots } from './memorySlots.js';

const size = { width: 16, height: 4 };
const FRAME = size.width * size.height;
const format = formatNamed('gray');

/** A clip whose frame `i` is filled with `i`; counts its passes and its open frames. */
function clip(count: number, announced: number | undefined = count) {
  const seen = { passes: 0, open: 0, most: 0, ended: 0, closed: 0 };
  const counted = (frame: HostFrame): HostFrame => {
    seen.most = Math.max(seen.most, ++seen.open);
    let open = true;
    const close = () => {
      if (open) seen.open--;
      open = false;
      frame.close();
    };
    return Object.defineProperties(Object.create(frame), {
      clone: { value: () => counted(frame.clone() as HostFrame) },
      close: { value: close },
    });
  };
  const source: FrameSource = {
    info: { ...size, format, frameRate: 30, frameCount: announced, duration: undefined },
    warnings: [],
    async *frames() {
      seen.passes++;
      try {
        for (let index = 0; index < count; index++) {
          await new Promise((resolve) => setImmediate(resolve));
          const frame = allocateHostFrame(format, size, { time: index / 30, index });
          frame.planes[0].data.fill(index);
          yield counted(frame);
        }
      } finally {
        seen.ended++;
      }
    },
    async close() {
      seen.closed++;
    },
  };
  return { source, seen };
}

/** Another place in host memory, of limited size, to which even frames take longer than odd ones. */
function places(room = Number.POSITIVE_INFINITY) {
  const state = { open: 0, bytes: 0, under: 0, most: 0, failAt: -1 };
  const slots = new MemorySlots<Uint8Array>(FRAME, {
    async allocate(bytes) {
      if (state.bytes + bytes > room) throw new GimbalError('GIMBAL_E_DEVICE_MEMORY', `${bytes} bytes do not fit`);
      state.bytes += bytes;
      return new Uint8Array(bytes);
    },
    async free(block) {
      state.bytes -= block.length;
    },
  });
  const handle = (like: Frame, data: Uint8Array, shared: { open: number }, give: () => void): HostFrame => {
    state.open++;
    shared.open++;
    let open = true;
    const plane = { ...size, data, stride: size.width, channels: 1, bytesPerSample: 1 } as const;
    return {
      ...size,
      memory: 'host',
      format,
      time: like.time,
      index: like.index,
      fullRange: false,
      planes: [plane],
      clone: () => handle(like, data, shared, give),
      close() {
        if (!open) return;
        open = false;
        state.open--;
        if (--shared.open === 0) give();
      },
    };
  };
  const made: DeviceStore = {
    frameBytes: FRAME,
    async upload(frame) {
      state.most = Math.max(state.most, ++state.under);
      try {
        const slot = await slots.take();
        await new Promise((resolve) => setTimeout(resolve, frame.index % 2 === 0 ? 3 : 1));
        if (frame.index === state.failAt) {
          slots.give(slot);
          throw new Error('the way is blocked');
        }
        const data = slot.block.subarray(slot.at, slot.at + FRAME);
        data.fill(frame.index);
        return handle(frame, data, { open: 0 }, () => slots.give(slot));
      } finally {
        state.under--;
        frame.close();
      }
    },
    trim: () => slots.trim(),
    close: () => slots.close(),
  };
  return { made, state };
}

async function read(source: FrameSource, options: { upTo?: number } = {}): Promise<number[]> {
  const values: number[] = [];
  for await (const frame of source.frames()) {
    const { data } = (frame as HostFrame).planes[0];
    expect(data.every((value) => value === frame.index)).toBe(true);
    values.push(data[0]);
    frame.close();
    if (values.length === options.upTo) break;
  }
  return values;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('a clip that fits is read once, and every pass gives its frames in order', async () => {
  const { source, seen } = clip(12);
  const { made, state } = places();
  const keeping = new CachingSource(source, made, 12 * FRAME);
  expect(await read(keeping)).toEqual(upTo(12));
  expect(await read(keeping)).toEqual(upTo(12));
  expect(await read(keeping, { upTo: 3 })).toEqual(upTo(3));
  expect(seen).toMatchObject({ passes: 1, open: 0 });
  expect(keeping.kept).toMatchObject({ complete: true, frames: 12, bytes: 12 * FRAME, passes: 1 });
  expect(state.most).toBe(3);
  expect(seen.most).toBeLessThanOrEqual(2 * 3 + 1);
  await keeping.close();
  expect([state.open, state.bytes, seen.closed]).toEqual([0, 0, 1]);
});

test('a clip that does not fit is read in every pass, keeps nothing, and uses memory again', async () => {
  const { source, seen } = clip(40);
  const { made, state } = places(16 * FRAME);
  const keeping = new CachingSource(source, made, 39 * FRAME);
  for (const _ of [1, 2]) expect(await read(keeping)).toEqual(upTo(40));
  expect(seen).toMatchObject({ passes: 2, open: 0 });
  expect(keeping.kept).toMatchObject({ complete: false, frames: 0, clipBytes: 40 * FRAME, passes: 2 });
  expect(state.open).toBe(0);
  await keeping.close();
  expect(state.bytes).toBe(0);
});

test('a clip that is longer than announced gives up in mid-pass, without a frame lost', async () => {
  for (const announced of [5, undefined]) {
    const { source, seen } = clip(20, announced);
    const { made, state } = places();
    const keeping = new CachingSource(source, made, 8 * FRAME);
    expect(await read(keeping)).toEqual(upTo(20));
    expect(state.open).toBe(0);
    expect(await read(keeping)).toEqual(upTo(20));
    expect(seen).toMatchObject({ passes: 2, open: 0 });
    await keeping.close();
    expect(state.bytes).toBe(0);
  }
});

test('memory that runs out before the budget does costs the second pass, not the run', async () => {
  const { source, seen } = clip(20);
  const { made, state } = places(10 * FRAME);
  const keeping = new CachingSource(source, made, 20 * FRAME);
  expect(await read(keeping)).toEqual(upTo(20));
  expect(await read(keeping)).toEqual(upTo(20));
  expect(seen).toMatchObject({ passes: 2, open: 0 });
  expect(keeping.kept.complete).toBe(false);
  await keeping.close();
  expect([state.open, state.bytes]).toEqual([0, 0]);
});

test('where not even the frames under way fit, the error tells', async () => {
  const { source, seen } = clip(20);
  const { made, state } = places(2 * FRAME);
  const keeping = new CachingSource(source, made, 20 * FRAME);
  await expect(read(keeping)).rejects.toMatchObject({ code: 'GIMBAL_E_DEVICE_MEMORY' });
  expect([seen.open, seen.ended, state.open]).toEqual([0, 1, 0]);
  await keeping.close();
});

test('a pass that is left early or cancelled closes what is under way, and the next one fills', async () => {
  const { source, seen } = clip(12);
  const { made, state } = places();
  const keeping = new CachingSource(source, made, 12 * FRAME);
  expect(await read(keeping, { upTo: 4 })).toEqual(upTo(4));
  expect([seen.open, seen.ended, state.open]).toEqual([0, 1, 0]);
  const controller = new AbortController();
  const cancelled = (async () => {
    for await (const frame of keeping.frames({ signal: controller.signal })) {
      if (frame.index === 5) controller.abort();
      frame.close();
    }
  })();
  await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  expect([seen.open, seen.ended, state.open]).toEqual([0, 2, 0]);
  expect(await read(keeping)).toEqual(upTo(12));
  expect(keeping.kept).toMatchObject({ complete: true, passes: 3 });
  await keeping.close();
});

test('a frame that cannot be brought ends the pass after those before it', async () => {
  const { source, seen } = clip(12);
  const { made, state } = places();
  state.failAt = 6;
  const keeping = new CachingSource(source, made, 12 * FRAME);
  const values: number[] = [];
  const failing = (async () => {
    for await (const frame of keeping.frames()) {
      values.push(frame.index);
      frame.close();
    }
  })();
  await expect(failing).rejects.toThrow('the way is blocked');
  expect(values).toEqual(upTo(6));
  expect([seen.open, seen.ended, state.open]).toEqual([0, 1, 0]);
  await keeping.close();
});

test('closing in the middle of a pass over kept frames ends it with an error', async () => {
  const { source } = clip(6);
  const keeping = new CachingSource(source, places().made, 6 * FRAME);
  expect(await read(keeping)).toEqual(upTo(6));
  const frames = keeping.frames();
  const { value: first } = await frames.next();
  await keeping.close();
  await expect(frames.next()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  (first as HostFrame).close();
});

test('after close nothing is read any more, and frames still open keep their samples', async () => {
  const { source, seen } = clip(6);
  const { made, state } = places();
  const keeping = new CachingSource(source, made, 6 * FRAME);
  const frames = keeping.frames();
  const { value: first } = await frames.next();
  await keeping.close();
  await keeping.close();
  expect(seen.closed).toBe(1);
  await expect(frames.next()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  await expect(keeping.frames().next()).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  expect((first as HostFrame).planes[0].data[0]).toBe(0);
  (first as HostFrame).close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([seen.open, state.open, state.bytes]).toEqual([0, 0, 0]);
});

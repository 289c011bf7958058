import { type CudaFrame, type Frame, type FrameSource, GimbalError } from '@gimbal/core';
import { allocateHostFrame } from '../allocateHostFrame.js';
import type { DeviceCache } from '../cacheOnDevice.js';
import { type FramePlaces, KeepingSource } from '../keepFrames.js';
import { MemorySlots } from '../memorySlots.js';
import { formatNamed } from '../testFrames.js';

const size = { width: 8, height: 2 };
const format = formatNamed('gray');

/** Bytes that a frame of the tests takes. */
export const FRAME_BYTES = size.width * size.height;

/** What a source meets. */
export interface Course {
  readonly frames: number;
  /** As the container announces; `frames` unless told. */
  readonly announced?: number | undefined;
  /** The frame before which reading fails, and how. */
  readonly failure?: { readonly at: number; readonly error: Error };
  /** Awaited before each frame. */
  readonly before?: (index: number) => Promise<void>;
}

/** What has happened to a source. */
export interface Seen {
  passes: number;
  read: number;
  analysisOnly: (boolean | undefined)[];
  closed: number;
}

/** A clip of gray frames, frame `i` filled with `i`. */
function clip({ frames, announced = frames, failure, before }: Course): { source: FrameSource; seen: Seen } {
  const seen: Seen = { passes: 0, read: 0, analysisOnly: [], closed: 0 };
  const source: FrameSource = {
    info: { ...size, format, frameRate: 30, frameCount: announced, duration: undefined },
    warnings: [],
    async *frames({ signal, analysisOnly } = {}) {
      seen.passes++;
      seen.analysisOnly.push(analysisOnly);
      for (let index = 0; index < frames; index++) {
        await before?.(index);
        if (signal?.aborted) throw new GimbalError('GIMBAL_E_CANCELLED', 'The pass was stopped.');
        if (failure?.at === index) throw failure.error;
        seen.read++;
        const frame = allocateHostFrame(format, size, { time: index / 30, index });
        frame.planes[0].data.fill(index);
        yield frame;
      }
    },
    async close() {
      seen.closed++;
    },
  };
  return { source, seen };
}

/**
 * A device that is nothing but memory which all threads share, where an address is a position. What is given back is overwritten at once, so
 * that a frame which is given back too early shows.
 */
export class SharedDevice {
  readonly memory = new Uint8Array(new SharedArrayBuffer(1 << 16));
  /** Bytes that are allocated, and frames that lie in them. */
  bytes = 0;
  open = 0;
  #next = 0;
  readonly places: FramePlaces;

  constructor() {
    const slots = new MemorySlots<number>(FRAME_BYTES, {
      allocate: async (bytes) => {
        const at = this.#next;
        this.#next += bytes;
        this.bytes += bytes;
        sizes.set(at, bytes);
        return at;
      },
      free: async (at) => {
        this.bytes -= sizes.get(at) ?? Number.NaN;
      },
    });
    const sizes = new Map<number, number>();
    this.places = {
      frameBytes: FRAME_BYTES,
      bring: async (frame) => {
        const slot = await slots.take();
        const at = slot.block + slot.at;
        this.memory.set((frame.memory === 'host' && frame.planes[0].data.subarray(0, FRAME_BYTES)) || [], at);
        frame.close();
        this.open++;
        return this.#handle(frame, at, { handles: 0 }, () => {
          this.memory.fill(255, at, at + FRAME_BYTES);
          this.open--;
          slots.give(slot);
        });
      },
      trim: () => slots.trim(),
      close: () => slots.close(),
    };
  }

  /** The value that a frame is filled with. */
  valueOf(frame: Frame): number | undefined {
    const { pointer, strides } = (frame as CudaFrame).planes[0];
    const values = new Set<number>();
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) values.add(this.memory[Number(pointer) + y * strides[0] + x * strides[1]]);
    }
    return values.size === 1 ? [...values][0] : undefined;
  }

  #handle(like: Frame, at: number, shared: { handles: number }, give: () => void): CudaFrame {
    shared.handles++;
    let open = true;
    const plane = {
      shape: [size.height, size.width],
      strides: [size.width, 1],
      typestr: '|u1',
      pointer: BigInt(at),
      stream: 1n,
      device: 0,
    };
    return {
      ...size,
      memory: 'cuda',
      format,
      time: like.time,
      index: like.index,
      fullRange: like.fullRange,
      planes: [plane],
      clone: () => this.#handle(like, at, shared, give),
      close() {
        if (!open) return;
        open = false;
        if (--shared.handles === 0) give();
      },
    };
  }
}

/** A clip whose frames are brought into shared memory and kept there as far as the budget allows. */
export function sharedClip(course: Course, budgetBytes: number, device = new SharedDevice()) {
  const { source, seen } = clip(course);
  const cache: DeviceCache = Object.assign(new KeepingSource(source, device.places, budgetBytes), { device: 'cuda:0' });
  return { cache, device, seen };
}

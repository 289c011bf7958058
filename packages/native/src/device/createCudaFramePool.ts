import { type CudaArray, type CudaFrame, GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import type { DeviceAllocation } from '../addon/cudaAddon.js';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';
import type { HostFrameInit } from '../plane/allocateHostFrame.js';
import { planeLayout } from '../plane/planeLayout.js';
import { MemorySlots, type Slot } from './memorySlots.js';

/** Frames in the memory of one CUDA device, used again once their last handle is closed. */
export interface CudaFramePool {
  /** Bytes that one frame takes. */
  readonly frameBytes: number;
  /**
   * A frame whose samples are undefined until they are written.
   * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE`, `GIMBAL_E_DEVICE_MEMORY` when the device's memory is full.
   */
  frame(init: HostFrameInit): Promise<CudaFrame>;
  /** Gives memory back that no open frame lies in. */
  trim(): Promise<void>;
  /** Gives all memory back, where frames are still open as they are closed. */
  close(): Promise<void>;
}

/** Bytes that rows start apart by a multiple of: what decoders use, and wide loads want. */
const ROW_ALIGNMENT = 256;
/** The default stream, in the numbering of the CUDA Array Interface: complete frames are ready on any. */
const DEFAULT_STREAM = 1n;

/**
 * A pool of frames of one format and size on device `ordinal`. A pool that is not closed gives its memory back when it and all frames
 * are garbage.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a size that is not at least 1×1 and whole, `GIMBAL_E_ADDON`.
 */
export function createCudaFramePool(ordinal: number, format: PixelFormat, size: Size): CudaFramePool {
  const { width, height } = size;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A frame needs at least 1×1 whole pixels, received ${width}×${height}.`,
    );
  }
  const addon = loadAddon();
  let frameBytes = 0;
  const places = planeLayout(format, size).map((shape) => {
    const row = shape.width * shape.channels * shape.bytesPerSample;
    const stride = Math.ceil(row / ROW_ALIGNMENT) * ROW_ALIGNMENT;
    const at = frameBytes;
    frameBytes += stride * shape.height;
    return { shape, stride, at };
  });
  const slots = new MemorySlots<DeviceAllocation>(frameBytes, {
    allocate: (bytes) => nativeCall(() => addon.allocateOnDevice(ordinal, bytes)),
    free: ({ memory }) => nativeCall(() => addon.freeOnDevice(memory)),
  });

  function planesOf(slot: Slot<DeviceAllocation>): CudaArray[] {
    return places.map(({ shape, stride, at }) => {
      const { width, height, channels, bytesPerSample } = shape;
      const interleaved = channels > 1;
      return {
        shape: interleaved ? [height, width, channels] : [height, width],
        strides: interleaved ? [stride, channels * bytesPerSample, bytesPerSample] : [stride, bytesPerSample],
        typestr: bytesPerSample === 1 ? '|u1' : '<u2',
        pointer: slot.block.pointer + BigInt(slot.at + at),
        stream: DEFAULT_STREAM,
        device: ordinal,
      };
    });
  }

  function handle(
    slot: Slot<DeviceAllocation>,
    planes: readonly CudaArray[],
    init: HostFrameInit,
    shared: { open: number },
  ) {
    let open = true;
    shared.open++;
    const frame: CudaFrame = {
      width,
      height,
      format,
      time: init.time,
      index: init.index,
      fullRange: init.fullRange ?? false,
      captions: init.captions,
      memory: 'cuda',
      get planes() {
        if (open) return planes;
        throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This frame has been closed; keep one longer with clone().');
      },
      clone: () => handle(slot, frame.planes, init, shared),
      close() {
        if (!open) return;
        open = false;
        if (--shared.open === 0) slots.give(slot);
      },
    };
    return frame;
  }

  return {
    frameBytes,
    async frame(init) {
      const slot = await slots.take();
      return handle(slot, planesOf(slot), init, { open: 0 });
    },
    trim: () => slots.trim(),
    close: () => slots.close(),
  };
}

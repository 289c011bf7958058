import { type CudaArray, type CudaFrame, GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import { loadAddon } from './addon.js';
import type { HostFrameInit } from './allocateHostFrame.js';
import type { DeviceAllocation } from './cudaAddon.js';
import { nativeCall } from './nativeCall.js';
import { planeLayout } from './planeLayout.js';

/** Frames in the memory of one CUDA device, used again once their last handle is closed. */
export interface CudaFramePool {
  /**
   * A frame whose samples are undefined until somebody writes them.
   * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE`, `GIMBAL_E_DEVICE_MEMORY` when the device's memory is full.
   */
  frame(init: HostFrameInit): Promise<CudaFrame>;
}

/** Bytes that rows start apart by a multiple of: what decoders use, and wide loads want. */
const ROW_ALIGNMENT = 256;
/** The default stream, in the numbering of the CUDA Array Interface: complete frames are ready on any. */
const DEFAULT_STREAM = 1n;

/**
 * A pool of frames of one format and size on device `ordinal`. Its memory is given back when the pool and all frames are garbage.
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
  const idle: DeviceAllocation[] = [];
  let bytes = 0;
  const places = planeLayout(format, size).map((shape) => {
    const row = shape.width * shape.channels * shape.bytesPerSample;
    const stride = Math.ceil(row / ROW_ALIGNMENT) * ROW_ALIGNMENT;
    const at = bytes;
    bytes += stride * shape.height;
    return { shape, stride, at };
  });

  function planesOf({ pointer }: DeviceAllocation): CudaArray[] {
    return places.map(({ shape, stride, at }) => {
      const { width, height, channels, bytesPerSample } = shape;
      const interleaved = channels > 1;
      return {
        shape: interleaved ? [height, width, channels] : [height, width],
        strides: interleaved ? [stride, channels * bytesPerSample, bytesPerSample] : [stride, bytesPerSample],
        typestr: bytesPerSample === 1 ? '|u1' : '<u2',
        pointer: pointer + BigInt(at),
        stream: DEFAULT_STREAM,
        device: ordinal,
      };
    });
  }

  function handle(
    allocation: DeviceAllocation,
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
      memory: 'cuda',
      get planes() {
        if (open) return planes;
        throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This frame has been closed; keep one longer with clone().');
      },
      clone: () => handle(allocation, frame.planes, init, shared),
      close() {
        if (!open) return;
        open = false;
        if (--shared.open === 0) idle.push(allocation);
      },
    };
    return frame;
  }

  return {
    async frame(init) {
      const allocation = idle.pop() ?? (await nativeCall(() => addon.allocateOnDevice(ordinal, bytes)));
      return handle(allocation, planesOf(allocation), init, { open: 0 });
    },
  };
}

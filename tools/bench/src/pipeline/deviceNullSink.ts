import type { FrameSink } from '@gimbal/core';
import { type CudaFramePool, createCudaFramePool } from '@gimbal/native';

/** Takes frames that lie on a device and forgets them: what a hardware encoder that costs nothing would be. */
export function deviceNullSink(ordinal: number): FrameSink {
  let size = { width: 0, height: 0 };
  let pool: CudaFramePool | undefined;
  return {
    memory: ['cuda'],
    async open(given) {
      size = given;
    },
    allocate({ format, time, index, fullRange }) {
      pool ??= createCudaFramePool(ordinal, format, size);
      return pool.frame({ time, index, fullRange });
    },
    async write(frame) {
      frame.close();
    },
    async finish() {
      await pool?.close();
    },
    async abort() {
      await pool?.close();
    },
  };
}

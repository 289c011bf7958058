import type { CudaArray, Plane } from '@gimbal/core';

/**
 * What products are computed with; sums are float32 always. `float32` and `tf32` store features as float32, the others in 16 bits. Tensor cores
 * before compute capability 8.0 know `fp16` alone.
 */
export type Precision = 'float32' | 'tf32' | 'fp16' | 'bf16';

/** Options of `loadNetwork`; all have defaults. */
export interface NetworkOptions {
  /** Default `auto`: the first CUDA device that can be used, else the CPU. An explicit `cuda` never falls back. */
  readonly device?: 'auto' | 'cpu' | 'cuda' | `cuda:${number}`;
  /** Default `fp16` on a CUDA device. The CPU computes in `float32`. */
  readonly precision?: Precision;
  /** Items that tensors of kind `cache` hold: 1 to 65536, default 1. */
  readonly slots?: number;
  /** Threads on the CPU: 1 to 64, default 1. */
  readonly threads?: number;
  /** Whether launches are recorded once and replayed as one graph. Default true; the answers are the same bits. */
  readonly graphs?: boolean;
}

/** An input of a run, `count` items one after another: numbers, device memory (packed `<f4`, or `<i4` for an index), or one luma plane. */
export type NetworkInput = Float32Array | Int32Array | CudaArray | Plane;

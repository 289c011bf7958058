/**
 * Device memory described with the fields of the CUDA Array Interface, version 3, so that any addon reads it without a
 * copy. See the specification in Numba's documentation.
 */
export interface CudaArray {
  /** Elements along each axis: rows, columns (and channels when interleaved). */
  readonly shape: readonly number[];
  /** Bytes between elements along each axis. */
  readonly strides: readonly number[];
  /** Element type, such as `|u1` or `<u2`. */
  readonly typestr: string;
  /** Device address of the first element. */
  readonly pointer: bigint;
  /** CUDA stream on which the data is ready: 1 legacy default, 2 per-thread default, otherwise a `cudaStream_t`. */
  readonly stream: bigint;
  /** CUDA device ordinal. */
  readonly device: number;
}

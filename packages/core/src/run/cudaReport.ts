/** A CUDA device of this machine. */
export interface CudaDevice {
  readonly ordinal: number;
  readonly name: string;
  /** Such as `9.0`. */
  readonly computeCapability: string;
  /** Bytes. */
  readonly memory: number;
  /** Why this build cannot use it; empty when it can. */
  readonly unusable: string;
}

/** What a build of an addon can do with CUDA on this machine. */
export interface CudaReport {
  /** What it was built for, such as `75-real 80-real 120`; empty without CUDA. */
  readonly architectures: string;
  /** 13000 for CUDA 13.0; 0 without CUDA. */
  readonly runtimeVersion: number;
  /** The newest CUDA that the driver serves; 0 without a driver. */
  readonly driverVersion: number;
  readonly devices: readonly CudaDevice[];
  /** Why no device can be used; empty when one can. */
  readonly unavailable: string;
}

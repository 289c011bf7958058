import type { CudaArray } from './cudaArray.js';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * How samples lie in a frame's planes. `planar`: luma, then (when `chroma` is true) Cb and Cr, each a plane of its own.
 * `semiplanar`: luma, then one plane of interleaved Cb Cr pairs (NV12, P010). With `alpha` a plane of opacity follows, of the size of luma.
 */
export interface PixelFormat {
  /** FFmpeg's name, such as `yuv420p`, `yuv422p10le`, `nv12`, `gray`. */
  readonly name: string;
  readonly layout: 'planar' | 'semiplanar';
  readonly chroma: boolean;
  /** The last plane says how opaque each pixel is, from 0 to 2^bitDepth − 1; the colours are not multiplied by it. Default: no such plane. */
  readonly alpha?: boolean | undefined;
  /** Significant bits a sample: 8 to 16. More than 8 are stored in 16-bit little-endian words. */
  readonly bitDepth: number;
  /** Bits by which a 16-bit sample is shifted up (6 for P010, 0 otherwise). */
  readonly shift: number;
  /** log2 of the horizontal and the vertical chroma subsampling: (1, 1) is 4:2:0. */
  readonly chromaShiftX: number;
  readonly chromaShiftY: number;
}

/** A rectangle of samples in host memory. Rows start `stride` bytes apart; samples are 1 or 2 bytes wide. */
export interface Plane {
  readonly data: Uint8Array;
  /** Samples in a row (a Cb Cr pair of a semiplanar plane counts as one sample of two channels). */
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next, at least `width × channels × bytesPerSample`. */
  readonly stride: number;
  readonly channels: 1 | 2;
  readonly bytesPerSample: 1 | 2;
}

interface FrameBase extends Size {
  readonly format: PixelFormat;
  /** Presentation time in seconds from the start of the clip; strictly increasing within a source. */
  readonly time: number;
  /** Zero-based position in the source. */
  readonly index: number;
  /**
   * Where the source's full-range flag is set, samples span 0..2^n-1, otherwise 16..235 scaled to the bit depth.
   * Only what is painted outside the picture (black) depends on it.
   */
  readonly fullRange: boolean;
  /** Closed captions (ATSC A/53) that came inside the picture; who makes a copy hands them on. */
  readonly captions?: Uint8Array | undefined;
  /** A second handle on the same samples; both must be closed. */
  clone(): Frame;
  /** Gives the samples back. Using the frame afterwards is an error; closing twice is not. */
  close(): void;
}

/** A frame whose planes lie in host memory. */
export interface HostFrame extends FrameBase {
  readonly memory: 'host';
  /** `planes[0]` is luma. */
  readonly planes: readonly Plane[];
}

/** A frame whose planes lie on a CUDA device. */
export interface CudaFrame extends FrameBase {
  readonly memory: 'cuda';
  readonly planes: readonly CudaArray[];
}

/**
 * One picture of a clip: luma and chroma as the decoder gave them.
 * The receiver of a frame owns that handle and closes it; keep one longer with `clone()`.
 */
export type Frame = HostFrame | CudaFrame;

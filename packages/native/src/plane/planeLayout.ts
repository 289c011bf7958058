import type { PixelFormat, Size } from '@gimbal/core';

/** Size and channels of one plane of a format. */
export interface PlaneShape extends Size {
  readonly channels: 1 | 2;
  readonly bytesPerSample: 1 | 2;
}

/** The planes that a picture of this format and size has. Subsampled sizes round up, as FFmpeg's do. */
export function planeLayout(format: PixelFormat, size: Size): PlaneShape[] {
  const bytesPerSample = format.bitDepth > 8 ? 2 : 1;
  const luma: PlaneShape = { width: size.width, height: size.height, channels: 1, bytesPerSample };
  const alpha = format.alpha ? [luma] : [];
  if (!format.chroma) return [luma, ...alpha];
  const width = -(-size.width >> format.chromaShiftX);
  const height = -(-size.height >> format.chromaShiftY);
  const chroma: PlaneShape = { width, height, channels: format.layout === 'semiplanar' ? 2 : 1, bytesPerSample };
  return format.layout === 'semiplanar' ? [luma, chroma, ...alpha] : [luma, chroma, chroma, ...alpha];
}

/** Bytes that rows start apart by a multiple of, so that wide loads do not straddle cache lines. */
const ROW_ALIGNMENT = 64;

/** Bytes from one row to the next of a plane in memory of ours. */
export function alignedStride({ width, channels, bytesPerSample }: PlaneShape): number {
  return Math.ceil((width * channels * bytesPerSample) / ROW_ALIGNMENT) * ROW_ALIGNMENT;
}

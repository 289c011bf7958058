import type { PixelFormat } from '@gimbal/core';

/** Where a plane's samples sit: luma = scale × sample + offset along each axis. */
export interface Siting {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** Luma's, and that of the plane of opacity. */
const LUMA: Siting = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

/**
 * Siting of a plane of a frame. Subsampled chroma is sited as in MPEG-2 and H.264 unless a stream says otherwise (ITU-T H.264,
 * figure E-1, type 0): horizontally on the first luma column of its group, vertically between the rows.
 */
export function planeSiting(format: PixelFormat, plane: number): Siting {
  if (plane === 0 || plane === alphaPlane(format)) return LUMA;
  const scaleX = 1 << format.chromaShiftX;
  const scaleY = 1 << format.chromaShiftY;
  return { scaleX, scaleY, offsetX: 0, offsetY: (scaleY - 1) / 2 };
}

/** What is painted outside the picture, in significant bits: luma 16 (0 at full range) and chroma 128, scaled to the depth; opacity 0. */
export function planeBlack(format: PixelFormat, plane: number, fullRange: boolean): number {
  if (plane === alphaPlane(format)) return 0;
  if (plane === 0) return fullRange ? 0 : 16 << (format.bitDepth - 8);
  return 1 << (format.bitDepth - 1);
}

/** Which plane holds the opacity, if any. */
function alphaPlane({ alpha, chroma, layout }: PixelFormat): number | undefined {
  if (!alpha) return undefined;
  return !chroma ? 1 : layout === 'semiplanar' ? 2 : 3;
}

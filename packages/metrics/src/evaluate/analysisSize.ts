// The size whose pixels all measures are given in.
import type { Size } from '@gimbal/core';

/** Width at which pixels are counted. */
const WIDTH = 640;

/** 640 wide, of the clip's shape; the height need not be whole. */
export function analysisSize({ width, height }: Size): Size {
  return { width: WIDTH, height: (WIDTH * height) / width };
}

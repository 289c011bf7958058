import type { Size } from '@gimbal/core';

/** Channels of what the synthesis sees; `native/frame/frame.hpp` lists them. */
export const SEEN = 19;
/** Channels that the finest decoder hands to the synthesis. */
export const CONTEXT = 20;
/** Sides of the maps are multiples of this many pixels. */
const UNIT = 16;

/** Rows and columns of the maps at stride 4 for frames of this size. */
export function mapShape({ width, height }: Size): { readonly rows: number; readonly columns: number } {
  const whole = (side: number) => Math.ceil(side / UNIT) * (UNIT / 4);
  return { rows: whole(height), columns: whole(width) };
}

/** Memory that one frame after the other is made in. */
export interface Maps {
  readonly seen: Float32Array;
  readonly timed: Float32Array;
  readonly context: Float32Array;
}

/** Maps for the size that was asked for last. */
export function sharedMaps(): { of(size: Size): Maps } {
  let made: (Maps & { readonly area: number }) | undefined;
  return {
    of(size) {
      const { rows, columns } = mapShape(size);
      const area = rows * columns;
      if (made?.area !== area) {
        made = {
          area,
          seen: new Float32Array(SEEN * 4 * area),
          timed: new Float32Array(4 * area),
          context: new Float32Array(CONTEXT * area),
        };
      }
      return made;
    },
  };
}

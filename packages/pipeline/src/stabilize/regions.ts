import { GimbalError, type Size } from '@gimbal/core';

/** A rectangle of the picture, and whether its motion is followed or left out. */
export interface Region {
  readonly follow: boolean;
  /** Left, top, width and height: pixels, or shares of the picture's width and height. */
  readonly sides: readonly [Length, Length, Length, Length];
}

interface Length {
  readonly value: number;
  readonly percent: boolean;
}

const LENGTH = /^(\d+(?:\.\d+)?)(%?)$/;

/** What a region looks like, for messages. */
export const REGION_FORM =
  'x,y,width,height in pixels or percent, such as 0,0,100%,45, with ignore: before it to leave it out';

/** Reads a region: `[follow:|ignore:]x,y,width,height`. Undefined for anything else. */
export function parseRegion(text: string): Region | undefined {
  const [, word = 'follow', list] = /^(?:(follow|ignore):)?(.*)$/.exec(text.trim()) ?? [];
  const sides = (list ?? '').split(',').map((side): Length | undefined => {
    const [, value, percent] = LENGTH.exec(side.trim()) ?? [];
    return value === undefined ? undefined : { value: Number(value), percent: percent === '%' };
  });
  if (sides.length !== 4 || sides.includes(undefined)) return undefined;
  const [, , width, height] = sides as Length[];
  if (width.value === 0 || height.value === 0) return undefined;
  return { follow: word === 'follow', sides: sides as unknown as Region['sides'] };
}

/**
 * The pixels of a frame that a region covers: left, top, right and bottom, the last two excluded.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` where none of it lies in the frame.
 */
export function regionInFrame(region: Region, { width, height }: Size): readonly [number, number, number, number] {
  const pixels = ({ value, percent }: Length, whole: number): number => (percent ? (value / 100) * whole : value);
  const [x, y] = [pixels(region.sides[0], width), pixels(region.sides[1], height)];
  const [right, bottom] = [x + pixels(region.sides[2], width), y + pixels(region.sides[3], height)];
  if (x >= width || y >= height) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A region begins at ${x},${y}, outside the picture of ${width}×${height} pixels.`,
    );
  }
  return [x, y, Math.min(right, width), Math.min(bottom, height)];
}

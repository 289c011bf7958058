import type { Size } from '@gimbal/core';
import { type ColourHandle, loadAddon } from './addon.js';

/** Colour tags of a stream, as ITU-T H.273 numbers them; 2 means unspecified. */
export interface Colour {
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
  readonly fullRange: boolean;
}

const UNSPECIFIED = 2;
const BT709 = 1;
const BT601 = 6;
/** Pictures without tags are taken as players take them: high definition as BT.709, the rest as BT.601. */
const HIGH_DEFINITION_LINES = 720;

export function colourHandle(colour: Colour, size: Size, bitDepth: number): ColourHandle {
  const usual = size.height >= HIGH_DEFINITION_LINES || size.width >= 1280 ? BT709 : BT601;
  const matrix = colour.matrix === UNSPECIFIED ? usual : colour.matrix;
  return loadAddon().colourOf(colour.primaries, colour.transfer, matrix, colour.fullRange, bitDepth);
}

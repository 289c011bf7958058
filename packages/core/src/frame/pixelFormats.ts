import type { PixelFormat } from './frame.js';

/** 8-bit luma alone: what an estimator needs at least. */
export const GRAY: PixelFormat = {
  name: 'gray',
  layout: 'planar',
  chroma: false,
  bitDepth: 8,
  shift: 0,
  chromaShiftX: 0,
  chromaShiftY: 0,
};

/** 8 bit, 4:2:0, three planes: what most decoders hand over. */
export const YUV420P: PixelFormat = { ...GRAY, name: 'yuv420p', chroma: true, chromaShiftX: 1, chromaShiftY: 1 };

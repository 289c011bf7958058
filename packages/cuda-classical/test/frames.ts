import { GRAY, type HostFrame, type PixelFormat } from '@gimbal/core';

/** A picture of luma, 0..255, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly luma: Float64Array;
}

let index = 0;

/** A gray frame around a picture; rows are `padding` bytes longer than the picture, and 10-bit samples may sit shifted up. */
export function frameOf(picture: Picture, bitDepth = 8, shift = 0, padding = 0): HostFrame {
  const { width, height, luma } = picture;
  const bytesPerSample = bitDepth > 8 ? 2 : 1;
  const stride = width * bytesPerSample + padding;
  const data = new Uint8Array(stride * height);
  const view = new DataView(data.buffer);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = Math.min(Math.max(luma[y * width + x], 0), 255);
      if (bytesPerSample === 1) data[y * stride + x] = Math.round(value);
      else view.setUint16(y * stride + 2 * x, Math.round((value / 255) * (2 ** bitDepth - 1)) << shift, true);
    }
  }
  const format: PixelFormat = { ...GRAY, bitDepth, shift };
  const frame: HostFrame = {
    memory: 'host',
    width,
    height,
    format,
    time: index / 30,
    index: index++,
    fullRange: true,
    planes: [{ data, width, height, stride, channels: 1, bytesPerSample: bytesPerSample as 1 | 2 }],
    clone: () => frame,
    close: () => {},
  };
  return frame;
}

/** A plain picture of one grey level. */
export function flat(width: number, height: number, level: number): Picture {
  return { width, height, luma: new Float64Array(width * height).fill(level) };
}

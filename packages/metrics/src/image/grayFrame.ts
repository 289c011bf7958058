import { GRAY, type HostFrame } from '@gimbal/core';
import type { LumaImage } from './lumaImage.js';

/** An image as an 8-bit gray full-range frame, to hand to an estimator. It owns plain memory: closing it does nothing. */
export function grayFrame(image: LumaImage, time: number, index: number): HostFrame {
  const { width, height } = image;
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = Math.min(Math.max(Math.round(image.data[i]), 0), 255);
  return {
    memory: 'host',
    width,
    height,
    format: GRAY,
    planes: [{ data, width, height, stride: width, channels: 1, bytesPerSample: 1 }],
    time,
    index,
    fullRange: true,
    clone() {
      return this;
    },
    close() {},
  };
}

import type { HostFrame, PixelFormat, Warp } from '@gimbal/core';
import { applyHomography, composeHomographies, parametersToHomography } from '@gimbal/core/geometry';
import { readoutWarp } from '@gimbal/core/shutter';
import { describe, expect, it, test } from 'vitest';
import { addonInfo, allocateHostFrame, createRenderer } from '../src/index.js';
import { FORMATS, formatNamed, frameOf, noise } from '../src/testFrames.js';

const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`readouts on CUDA: skipped, ${unavailable}`);

const NODES = [-0.5, -0.25, 0, 0.25, 0.5];
const size = { width: 320, height: 180 };
const output = { width: 300, height: 172 };
/** Output → middle rows: turned, scaled and moved. */
const steady = composeHomographies(
  parametersToHomography([3, -2, 4, -6, 0.3, -0.2, 0.2, 0.1], size),
  Float64Array.of(1, 0, 10, 0, 1, 4, 0, 0, 1),
);

/** Eight parameters of the camera at a line, as a share from the middle: a shake that changes direction while the picture is read. */
const moved = (s: number): number[] => [6 * s + 5 * s * s, -3 * s + 4 * s * s, 1.5 * s, 0.8 * s * s, 0, 0, 0.1 * s, 0];
const motion = Float64Array.from(NODES.flatMap(moved));

/** Where an output pixel is read, found line by line: bisection on the line whose own moment puts the pixel onto it. */
function whereRead(u: number, v: number, axis: 'rows' | 'columns'): [number, number] {
  const [qx, qy] = applyHomography(steady, u, v);
  const at = (s: number) => applyHomography(parametersToHomography(moved(s), size), qx, qy);
  const off = (s: number) => {
    const [x, y] = at(s);
    return (axis === 'rows' ? (y - (size.height - 1) / 2) / size.height : (x - (size.width - 1) / 2) / size.width) - s;
  };
  let [low, high] = [-0.7, 0.7];
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (off(middle) > 0) low = middle;
    else high = middle;
  }
  return at((low + high) / 2);
}

/** A frame of 16-bit gray that grows by 150 a pixel along one axis: its samples tell where they come from. */
function ramp(format: PixelFormat, along: 'x' | 'y'): HostFrame {
  const frame = allocateHostFrame(format, size, { time: 0, index: 0, fullRange: true });
  const [plane] = frame.planes;
  const samples = new Uint16Array(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength / 2);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) samples[(y * plane.stride) / 2 + x] = 150 * (along === 'x' ? x : y) + 5000;
  }
  return frame;
}

describe('readoutWarp', () => {
  it.each(['rows', 'columns'] as const)('finds each pixel where its own line of %s was read', async (axis) => {
    const format: PixelFormat = { ...formatNamed('gray'), name: 'gray16le', bitDepth: 16 };
    const warp = readoutWarp(steady, motion, axis, size, output);
    expect([warp.rows, warp.cols]).toEqual(axis === 'rows' ? [24, 1] : [1, 24]);
    const renderer = createRenderer({ device: 'cpu', interpolation: 'bilinear', border: 'replicate' });
    const target = allocateHostFrame(format, output, { time: 0, index: 0 });
    let worst = 0;
    for (const along of ['x', 'y'] as const) {
      await renderer.render(ramp(format, along), target, warp);
      const [plane] = target.planes;
      const samples = new Uint16Array(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength / 2);
      for (let v = 8; v < output.height - 8; v += 3) {
        for (let u = 8; u < output.width - 8; u += 7) {
          const [x, y] = whereRead(u, v, axis);
          const found = (samples[(v * plane.stride) / 2 + u] - 5000) / 150;
          worst = Math.max(worst, Math.abs(found - (along === 'x' ? x : y)));
        }
      }
    }
    expect(worst).toBeLessThan(0.04);
  });

  it('is the warp itself where the camera stands still while it reads', () => {
    const { homographies } = readoutWarp(steady, new Float64Array(40), 'rows', size, output);
    for (let band = 0; band < 24; band++) {
      for (let k = 0; k < 9; k++) expect(homographies[band * 9 + k]).toBeCloseTo(steady[k], 9);
    }
  });
});

describe.skipIf(unavailable !== '')('on a device', () => {
  test.each(FORMATS)('$name: bands give the bits of the CPU', async (format) => {
    const source = frameOf(format, size, noise(format));
    const warps: Warp[] = (['rows', 'columns'] as const).map((axis) => readoutWarp(steady, motion, axis, size, size));
    for (const interpolation of ['bilinear', 'bicubic', 'lanczos3'] as const) {
      const onCpu = createRenderer({ device: 'cpu', interpolation, border: 'replicate' });
      const onDevice = createRenderer({ device: 'cuda', interpolation, border: 'replicate' });
      for (const warp of warps) {
        const [wanted, made] = [0, 1].map((index) => allocateHostFrame(format, size, { time: 0, index }));
        await onCpu.render(source, wanted, warp);
        await onDevice.render(source, made, warp);
        for (const [i, plane] of made.planes.entries()) expect(plane.data).toEqual(wanted.planes[i].data);
      }
      await onDevice.dispose?.();
    }
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Estimator, type FrameSource, type HostFrame, motionField } from '@gimbal/core';
import { type Interpolator, interpolate } from '@gimbal/interpolate';
import { workFile } from '../places.js';
import { type Picture, pictureOf } from './pictures.js';

/** The frames of a list, given out again and again. */
export function sourceOf(frames: readonly HostFrame[], every: number): FrameSource {
  const [first] = frames;
  const { width, height, format } = first;
  return {
    info: { width, height, format, frameRate: 25, frameCount: undefined, duration: undefined },
    warnings: [],
    async *frames() {
      for (let i = 0; i < frames.length; i += every) yield frames[i].clone();
    },
    close: async () => undefined,
  };
}

/** What was made, by its place in the whole sequence, with the processor seconds that each took. */
export interface MadePictures {
  readonly pictures: ReadonlyMap<number, Picture>;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** Keeps every `every`-th frame and makes the others. */
export async function madeBy(
  interpolator: Interpolator,
  estimator: Estimator,
  frames: readonly HostFrame[],
  every: number,
): Promise<MadePictures> {
  const made = interpolate(sourceOf(frames, every), { factor: every, interpolator, estimator, confidence: 0 });
  const pictures = new Map<number, Picture>();
  let i = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  let [cpuSeconds, wallSeconds] = [0, 0];
  for await (const frame of made.frames()) {
    const spent = process.cpuUsage(cpu);
    [cpuSeconds, wallSeconds] = [(spent.user + spent.system) / 1e6, (performance.now() - started) / 1000];
    if (i % every !== 0) pictures.set(i, pictureOf(frame as HostFrame));
    frame.close();
    i++;
  }
  return { pictures, cpuSeconds, wallSeconds };
}

/** An estimator that says that the camera never moved. */
export const still: Estimator = {
  name: 'still',
  memory: ['host'],
  async estimate(_, { width, height }) {
    return motionField({ size: { width, height }, homographies: [1, 0, 0, 0, 1, 0, 0, 0, 1] });
  },
};

const FILTER = 'minterpolate=fps=50:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:scd=none';

/** FFmpeg's `minterpolate` on every second frame; it makes nothing in the last interval. */
export function minterpolate(frames: readonly HostFrame[]): MadePictures {
  const [{ width, height }] = frames;
  const [input, output] = [workFile('interpolation', 'in.yuv'), workFile('interpolation', 'out.yuv')];
  writeFileSync(input, Buffer.concat(frames.filter((_, i) => i % 2 === 0).map((frame) => pictureOf(frame).data)));
  const started = performance.now();
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p'];
  const { status, stderr } = spawnSync(
    'ffmpeg',
    // prettier-ignore
    [
      '-v',
      'error',
      '-y',
      ...raw,
      '-s',
      `${width}x${height}`,
      '-r',
      '25',
      '-i',
      input,
      '-vf',
      FILTER,
      '-fps_mode',
      'passthrough',
      ...raw,
      output,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`minterpolate failed: ${stderr}`);
  const wallSeconds = (performance.now() - started) / 1000;
  const bytes = readFileSync(output);
  const size = pictureOf(frames[0]).data.length;
  const pictures = new Map<number, Picture>();
  for (let k = 1; (k + 1) * size <= bytes.length; k += 2) {
    pictures.set(k, { width, height, data: new Uint8Array(bytes.subarray(k * size, (k + 1) * size)) });
  }
  return { pictures, cpuSeconds: Number.NaN, wallSeconds };
}

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame, HostFrame, PixelFormat } from '@gimbal/core';
import { afterAll } from 'vitest';
import { createVideoSink, type PlainSource, pixelFormat, type VideoSink, type VideoSource } from './index.js';

/** A folder for one test file's clips, gone afterwards. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-video-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function formatNamed(name: string): PixelFormat {
  const format = pixelFormat(name);
  if (format === undefined) throw new Error(`no pixel format ${name}`);
  return format;
}

/** The sample that {@link paint} puts at a place: a texture that moves with the frame, over the whole range of the bit depth. */
export function sampleAt(
  format: PixelFormat,
  frame: number,
  plane: number,
  channel: number,
  x: number,
  y: number,
): number {
  const top = (1 << format.bitDepth) - 1;
  return (((x * 7 + y * 13 + frame * 5 + plane * 37 + channel * 71) * 3) % (top + 1)) << format.shift;
}

export function paint(frame: HostFrame, painted = frame.index): void {
  for (const [i, plane] of frame.planes.entries()) {
    const words = new DataView(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength);
    for (let y = 0; y < plane.height; y++) {
      for (let x = 0; x < plane.width * plane.channels; x++) {
        const value = sampleAt(frame.format, painted, i, x % plane.channels, Math.floor(x / plane.channels), y);
        if (plane.bytesPerSample === 1) plane.data[y * plane.stride + x] = value;
        else words.setUint16(y * plane.stride + x * 2, value, true);
      }
    }
  }
}

/** How many samples of a frame differ from what {@link paint} put there. */
export function wrongSamples(frame: HostFrame, painted = frame.index): number {
  let wrong = 0;
  for (const [i, plane] of frame.planes.entries()) {
    const words = new DataView(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength);
    for (let y = 0; y < plane.height; y++) {
      for (let x = 0; x < plane.width * plane.channels; x++) {
        const at = y * plane.stride + x * plane.bytesPerSample;
        const value = plane.bytesPerSample === 1 ? plane.data[at] : words.getUint16(at, true);
        if (value !== sampleAt(frame.format, painted, i, x % plane.channels, Math.floor(x / plane.channels), y))
          wrong++;
      }
    }
  }
  return wrong;
}

export interface ClipOptions extends Partial<PlainSource> {
  readonly pixels?: string;
  readonly width?: number;
  readonly height?: number;
  readonly frames?: number;
  readonly times?: readonly number[];
  readonly codec?: Parameters<typeof createVideoSink>[1]['codec'];
  readonly crf?: number;
  readonly preset?: string;
}

/** A frame that stands for "the next one" when nothing is there to follow. */
export function like(format: PixelFormat, index: number, time: number): Frame {
  return { format, index, time, fullRange: false } as Frame;
}

/** Writes a clip of the moving texture with our own sink. */
export async function makeClip(file: string, options: ClipOptions = {}): Promise<VideoSink> {
  const { pixels = 'yuv420p', width = 64, height = 48, frames = options.times?.length ?? 10 } = options;
  const { frameRate = 25, codec, crf, preset, fullRange, stream } = options;
  const format = formatNamed(pixels);
  const sink = createVideoSink(file, { source: { format, frameRate, fullRange, stream }, codec, crf, preset });
  await sink.open({ width, height });
  for (let index = 0; index < frames; index++) {
    const frame = sink.allocate(like(format, index, options.times?.[index] ?? index / frameRate));
    paint(frame);
    await sink.write(frame);
  }
  await sink.finish();
  return sink;
}

/** Reads a source to its end; `look` sees each frame before it is closed. */
export async function readAll(
  source: VideoSource,
  look: (frame: HostFrame) => void = () => {},
): Promise<{ readonly count: number; readonly times: number[] }> {
  const times: number[] = [];
  for await (const frame of source.frames()) {
    if (frame.memory !== 'host') throw new Error('expected a host frame');
    look(frame);
    times.push(frame.time);
    frame.close();
  }
  return { count: times.length, times };
}

function programThere(name: string): boolean {
  return spawnSync(name, ['-version'], { stdio: 'ignore' }).status === 0;
}

export const hasFfmpeg = programThere('ffmpeg');
export const hasFfprobe = programThere('ffprobe');
if (!hasFfmpeg) console.warn('Skipping tests that need the ffmpeg program: it is not installed.');
if (!hasFfprobe) console.warn('Skipping tests that need the ffprobe program: it is not installed.');

/** Runs the ffmpeg program with blank-separated arguments. */
export function ffmpeg(line: string): void {
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...line.split(' ').filter(Boolean)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** What the ffprobe program says, as JSON. */
export function ffprobe(file: string, line: string): ProbeAnswer {
  const args = ['-v', 'error', '-of', 'json', ...line.split(' ').filter(Boolean), file];
  return JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' })) as ProbeAnswer;
}

export interface ProbeAnswer {
  readonly streams: readonly Readonly<Record<string, unknown>>[];
  readonly packets?: readonly Readonly<Record<string, string>>[];
  readonly frames?: readonly Readonly<Record<string, unknown>>[];
  readonly chapters?: readonly {
    readonly start_time: string;
    readonly end_time: string;
    readonly tags?: Readonly<Record<string, string>>;
  }[];
  readonly format?: { readonly tags?: Readonly<Record<string, string>> };
}

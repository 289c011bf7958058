import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame, HostFrame } from '@gimbal/core';
import { allocateHostFrame, createFrameCopier } from '@gimbal/native';
import { createVideoSink, pixelFormat, type VideoCodec, type VideoSource } from '@gimbal/video';
import { afterAll, expect } from 'vitest';

/** Where the clips of one test file lie. */
export const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Frames that a clip has unless told otherwise. */
export const FRAMES = 24;

export interface Kind {
  readonly codec: VideoCodec;
  readonly pixels: string;
  readonly width: number;
  readonly height: number;
  readonly file?: string;
  readonly frames?: number;
}

/** A moving texture, encoded. */
export async function clip({
  codec,
  pixels,
  width,
  height,
  file = 'clip.mkv',
  frames = FRAMES,
}: Kind): Promise<string> {
  const format = pixelFormat(pixels);
  if (format === undefined) throw new Error(`no pixel format ${pixels}`);
  const name = path.join(folder, `${codec}-${pixels}-${width}x${height}-${file}`);
  const sink = createVideoSink(name, {
    source: { format, frameRate: 30 },
    codec,
    preset: 'ultrafast',
    overwrite: true,
  });
  await sink.open({ width, height });
  for (let index = 0; index < frames; index++) {
    const frame = sink.allocate({ format, index, time: index / 30, fullRange: false } as Frame);
    for (const [i, plane] of frame.planes.entries()) {
      const words = new DataView(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength);
      for (let y = 0; y < plane.height; y++) {
        for (let x = 0; x < plane.width; x++) {
          const value = 128 + 60 * Math.sin((x + 2 * index) / 5 + i) + 40 * Math.sin(y / 7 - index / 3);
          if (plane.bytesPerSample === 1) plane.data[y * plane.stride + x] = value;
          else words.setUint16(y * plane.stride + 2 * x, value * 4, true);
        }
      }
    }
    await sink.write(frame);
  }
  await sink.finish();
  return name;
}

/** Each plane's samples without padding, Cb and Cr apart, significant bits at the bottom of the word. */
export function samples({ format, planes }: HostFrame): number[][] {
  return planes.flatMap((plane) => {
    const words = new DataView(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength);
    const at = (x: number, y: number, channel: number) => {
      const place = y * plane.stride + (x * plane.channels + channel) * plane.bytesPerSample;
      return plane.bytesPerSample === 1 ? plane.data[place] : words.getUint16(place, true) >> format.shift;
    };
    return Array.from({ length: plane.channels }, (_, channel) =>
      Array.from({ length: plane.width * plane.height }, (_, i) =>
        at(i % plane.width, Math.floor(i / plane.width), channel),
      ),
    );
  });
}

export interface Read {
  readonly times: number[];
  readonly pictures: number[][][];
}

/** A whole pass, with every frame fetched from where it lies. */
export async function read(source: VideoSource): Promise<Read> {
  const copier = source.decoder.device === undefined ? undefined : createFrameCopier(source.decoder.device);
  const [times, pictures]: [number[], number[][][]] = [[], []];
  for await (const frame of source.frames()) {
    times.push(frame.time);
    expect(frame.memory).toBe(copier === undefined ? 'host' : 'cuda');
    const host = frame.memory === 'host' ? frame : allocateHostFrame(frame.format, frame, frame);
    if (frame !== host) await copier?.copy(frame, host);
    pictures.push(samples(host));
    frame.close();
  }
  await copier?.dispose();
  return { times, pictures };
}

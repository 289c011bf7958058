import { existsSync, renameSync } from 'node:fs';
import { type Clip, sharedClips } from './clips.js';
import { successfulRun } from './measuredRun.js';
import type { BenchOptions } from './options.js';
import { workFile } from './places.js';

/** What is scaled up when nothing else is asked for: large, differently moving clips. */
const DEFAULTS = ['Regular/bench', 'QuickRotation/skater', 'Zooming/kitten'];

/** A clip of 1920×1080, 8 bit 4:2:0, H.264, without audio. */
export interface ScaledClip {
  readonly clip: string;
  readonly path: string;
}

/** 1080p versions of shared clips, at most `frames` long, made once and kept in the work folder. */
export async function scaledClips(options: BenchOptions, frames: number): Promise<ScaledClip[]> {
  const clips = sharedClips(options.clips.length ? options.clips : DEFAULTS);
  const scaled: ScaledClip[] = [];
  for (const clip of clips) scaled.push(await scale(clip, frames));
  return scaled;
}

async function scale(clip: Clip, frames: number): Promise<ScaledClip> {
  const file = workFile('1080p', `${clip.file.replace('/', '-')}-${frames}.mp4`);
  if (!existsSync(file)) {
    const partial = `${file}.partial.mp4`;
    const filter = 'scale=1920:1080:flags=bicubic,setsar=1,format=yuv420p';
    await successfulRun([
      ...['ffmpeg', '-v', 'error', '-nostdin', '-y', '-noautorotate', '-i', clip.path, '-map', '0:v:0', '-an'],
      ...['-frames:v', String(frames), '-vf', filter, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', partial],
    ]);
    renameSync(partial, file);
  }
  return { clip: clip.file, path: file };
}

/** The same pictures again and again until there are `frames` of them, without encoding anew. */
export async function looped(clip: ScaledClip, frames: number): Promise<string> {
  const file = clip.path.replace(/\.mp4$/, `-looped-${frames}.mp4`);
  if (!existsSync(file)) {
    const partial = `${file}.partial.mp4`;
    await successfulRun([
      ...['ffmpeg', '-v', 'error', '-nostdin', '-y', '-stream_loop', '-1', '-i', clip.path],
      ...['-map', '0:v:0', '-c', 'copy', '-frames:v', String(frames), partial],
    ]);
    renameSync(partial, file);
  }
  return file;
}

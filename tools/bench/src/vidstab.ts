import { rmSync } from 'node:fs';
import { successfulRun } from './measuredRun.js';

/** How steady and how encoded: `smoothing=30` is what its users mostly ask for beside the default. */
export const SMOOTHING = 30;

/**
 * Steadies a clip with the ffmpeg program's two vid.stab passes, H.264 at crf 16. The picture stays as it is stored (no rotation tag
 * applied) and frames keep their time stamps, so that both outputs are measured against the same original.
 */
export async function vidstabFile(input: string, output: string, transforms: string): Promise<void> {
  const read = [
    'ffmpeg',
    '-v',
    'error',
    '-nostdin',
    '-y',
    '-noautorotate',
    '-i',
    input,
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
  ];
  await successfulRun([...read, '-vf', `vidstabdetect=result=${transforms}`, '-f', 'null', '-']);
  const transform = `vidstabtransform=input=${transforms}:smoothing=${SMOOTHING}`;
  await successfulRun([...read, '-vf', transform, '-c:v', 'libx264', '-crf', '16', '-enc_time_base', '-1', output]);
  rmSync(transforms, { force: true });
}

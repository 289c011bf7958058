import { execFileSync } from 'node:child_process';
import { type ChirpMoment, chirpMoments } from '@gimbal/fixtures';

const RATE = 16_000;

/** What a player makes of a file. */
export interface SoundAndPicture {
  /** When each picture is shown, in seconds. */
  readonly times: readonly number[];
  /** Seconds between pictures, the longest. */
  readonly longestPicture: number;
  /** Which moment of the original is heard when; see `chirpMoments`. */
  readonly moments: readonly ChirpMoment[];
  /** Samples a second and channels of the first sound stream, if there is one. */
  readonly sampleRate: number | undefined;
  readonly channels: number | undefined;
}

/** Decodes a file with the ffmpeg program, the sound placed where its time stamps say. */
export function soundAndPicture(file: string): SoundAndPicture {
  const entries = (...args: string[]) => execFileSync('ffprobe', ['-v', 'error', ...args, file], { encoding: 'utf8' });
  const times = entries('-select_streams', 'V:0', '-show_entries', 'frame=best_effort_timestamp_time', '-of', 'csv=p=0')
    .split('\n')
    .map((line) => Number.parseFloat(line))
    .filter((time) => !Number.isNaN(time));
  const [rate, channels] = entries(
    ...['-select_streams', 'a:0', '-show_entries', 'stream=sample_rate,channels', '-of', 'csv=p=0'],
  )
    .trim()
    .split(',')
    .map(Number);
  return {
    times,
    longestPicture: Math.max(0, ...times.slice(1).map((time, i) => time - times[i])),
    moments: rate > 0 ? chirpMoments(monoSound(file), RATE) : [],
    sampleRate: rate || undefined,
    channels: channels || undefined,
  };
}

function monoSound(file: string): Float32Array {
  const placed = `aresample=${RATE}:async=1:first_pts=0`;
  const raw = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-copyts', '-i', file, '-vn', '-af', placed, '-ac', '1', '-f', 'f32le', '-'],
    { maxBuffer: 2 ** 30 },
  );
  return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
}

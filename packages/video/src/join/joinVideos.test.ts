import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVideoSink, type HostSinkOptions, joinVideos, openVideo } from '../index.js';
import { ffmpeg, ffprobe, hasFfmpeg, hasFfprobe, makeClip, scratchFolder } from '../testClips.js';
import { decodeTimes } from './decodeTimes.js';

const folder = scratchFolder();
const at = (name: string) => path.join(folder, name);

/** Writes frames of a clip as they are, whole or as a part; gives their times. */
async function copy(input: string, output: string, options: Partial<HostSinkOptions>, start = 0, end = Infinity) {
  const source = await openVideo(input);
  const sink = createVideoSink(output, { source, overwrite: true, preset: 'veryfast', ...options });
  await sink.open(source.info);
  const times: number[] = [];
  for await (const frame of source.frames()) {
    if (frame.index >= start && frame.index < end) {
      times.push(frame.time);
      await sink.write(frame);
    } else frame.close();
  }
  await sink.finish();
  await source.close();
  return times;
}

async function inParts(
  input: string,
  extension: string,
  options: Partial<HostSinkOptions>,
  borders: readonly number[],
) {
  const parts: string[] = [];
  for (const [i, start] of borders.entries()) {
    const part = at(`part-${i}.${extension}`);
    await copy(input, part, { ...options, part: true }, start, borders[i + 1]);
    parts.push(part);
  }
  return parts;
}

const packets = (file: string, stream: string) =>
  ffprobe(file, `-select_streams ${stream} -show_packets -show_data_hash md5`).packets ?? [];
const stamps = (file: string) => packets(file, 'v:0').map(({ pts, dts, duration }) => [pts, dts, duration]);
/** Every kind of stamp by itself, in its own order. */
const columns = (list: readonly (string | undefined)[][]) =>
  [0, 1, 2].map((column) => list.map((row) => Number(row[column])).sort((a, b) => a - b));
const sound = (file: string) => packets(file, 'a:0').map(({ pts, dts, data_hash }) => [pts, dts, data_hash]);
const pictures = (file: string) =>
  execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
    {
      encoding: 'utf8',
    },
  )
    .split('\n')
    .filter((line) => !line.startsWith('#'));
const tags = (file: string) =>
  ffprobe(
    file,
    '-show_entries stream=codec_name,time_base,avg_frame_rate,sample_aspect_ratio,color_space,codec_tag_string,has_b_frames,start_time,duration,nb_frames:stream_tags:stream_disposition:format_tags -show_chapters',
  );

const lavfi = (size: string, rate: string, seconds: number) =>
  `-f lavfi -i testsrc2=s=${size}:r=${rate}:d=${seconds} -f lavfi -i sine=d=${seconds}`;
const encoded = '-c:v libx264 -preset ultrafast -c:a aac -metadata title=Try';

describe.skipIf(!hasFfmpeg || !hasFfprobe)('joinVideos', () => {
  beforeAll(() => ffmpeg(`${lavfi('96x64', '30000/1001', 1.6)} ${encoded} ${at('clip.mp4')}`));

  it.each([
    ['h264', 'mp4', { codec: 'h264', crf: 0 }],
    ['h264 with losses', 'mp4', { codec: 'h264', crf: 30 }],
    ['h264', 'mkv', { codec: 'h264', crf: 0 }],
    ['h264', 'mov', { codec: 'h264', crf: 0 }],
    ['h265', 'mp4', { codec: 'h265', crf: 20 }],
    ['ffv1', 'mkv', { codec: 'ffv1' }],
    ['prores', 'mov', { codec: 'prores' }],
    ['vp9', 'webm', { codec: 'vp9', crf: 40 }],
    ['av1', 'mp4', { codec: 'av1', crf: 50, preset: '12' }],
  ] as const)(
    '%s in .%s: parts are the single run, stamp for stamp, sound and tags untouched',
    async (name, extension, options) => {
      const input = at('clip.mp4');
      const whole = at(`whole.${extension}`);
      const times = await copy(input, whole, options);
      const parts = await inParts(input, extension, options, [0, 17, 18, 40]);
      const joined = at(`joined.${extension}`);
      const source = await openVideo(input);
      const seen: number[] = [];
      const result = await joinVideos(parts, joined, {
        source,
        times,
        overwrite: true,
        onWritten: (n) => void seen.push(n),
      });
      await source.close();
      expect([result.frames, seen.at(-1), result.warnings]).toEqual([times.length, times.length, []]);
      // An encoder that loses something chooses other pictures to refer to, so that only the order of decoding may differ.
      const exact = ['ffv1', 'prores'].includes(name) || ('crf' in options && options.crf === 0);
      const compared = (file: string) => (exact ? stamps(file) : columns(stamps(file)));
      expect(compared(joined)).toEqual(compared(whole));
      expect(sound(joined)).toEqual(sound(whole));
      expect(sound(joined).length).toBeGreaterThan(50);
      expect(tags(joined)).toEqual(tags(whole));
      if (exact) expect(pictures(joined)).toEqual(pictures(whole));
      else expect(pictures(joined)).toHaveLength(pictures(whole).length);
    },
  );

  it.each(['mp4', 'mkv'])('keeps uneven time stamps that begin late: .%s', async (extension) => {
    const input = at('uneven.mkv');
    const select = 'select=not(eq(mod(n\\,5)\\,3))';
    ffmpeg(`${lavfi('96x64', '25', 3)} -vf ${select} -fps_mode vfr -output_ts_offset 0.48 ${encoded} ${input}`);
    const [whole, joined] = [at(`whole-u.${extension}`), at(`joined-u.${extension}`)];
    const options = { codec: 'h264', crf: 0 } as const;
    const times = await copy(input, whole, options);
    const parts = await inParts(input, extension, options, [0, 9, 31]);
    const source = await openVideo(input);
    await joinVideos(parts, joined, { source, times });
    await source.close();
    expect(times[0]).toBeGreaterThan(0.4);
    expect(stamps(joined).map(([pts]) => pts)).toEqual(stamps(whole).map(([pts]) => pts));
    expect(sound(joined)).toEqual(sound(whole));
    expect(pictures(joined)).toEqual(pictures(whole));
    // A part alone plays too, at the clip's time.
    const second = ffprobe(parts[1], '-show_packets').packets ?? [];
    expect(Math.min(...second.map(({ pts_time }) => Number(pts_time)))).toBeCloseTo(times[9], 3);
  });

  it('refuses parts that do not fit, and leaves nothing behind', async () => {
    const input = at('short.mp4');
    ffmpeg(`${lavfi('64x48', '25', 1)} ${encoded} ${input}`);
    const options = { codec: 'h264', crf: 30 } as const;
    const [a, b] = await inParts(input, 'mp4', options, [0, 10]);
    const other = at('other.mp4');
    await copy(input, other, { codec: 'h264', crf: 30, preset: 'ultrafast', part: true }, 10);
    const hevc = at('hevc.mp4');
    await copy(input, hevc, { codec: 'h265', part: true }, 10);
    const large = at('large.mp4');
    await makeClip(large, { width: 80 });
    const middle = at('middle.mp4');
    ffmpeg(`-f lavfi -i sine=d=1 ${at('tone.mp4')}`);
    const source = await openVideo(input);
    const times = await copy(input, middle, { ...options, part: true });
    const before = readdirSync(folder);
    const invalid = 'GIMBAL_E_INVALID_ARGUMENT';
    for (const [code, message, parts, output] of [
      [invalid, /There are no parts/, [], 'out.mp4'],
      [invalid, /part-1.mp4 shows a picture at 0.400 s where the clip has frame 0/, [b, a], 'out.mp4'],
      [invalid, /end after 10 of 25 frames/, [a], 'out.mp4'],
      [invalid, /shows a picture at 0.000 s where the clip has frame 10/, [a, a, b], 'out.mp4'],
      [invalid, /the clip has no further frame/, [a, b, b], 'out.mp4'],
      [invalid, /other.mp4 has other headers of the encoder/, [a, other], 'out.mp4'],
      [invalid, /hevc.mp4 has codec h265 instead of h264/, [a, hevc], 'out.mp4'],
      [invalid, /80×48 pixels instead of 64×48/, [a, large], 'out.mp4'],
      [invalid, /not in mpegts/, [a, b], 'out.ts'],
      [invalid, /take av1, vp9, not h264/, [a, b], 'out.webm'],
      ['GIMBAL_E_INPUT_NOT_FOUND', /none.mp4/, [a, at('none.mp4')], 'out.mp4'],
      ['GIMBAL_E_INPUT_NOT_VIDEO', /tone.mp4/, [a, at('tone.mp4')], 'out.mp4'],
      ['GIMBAL_E_OUTPUT_EXISTS', /hevc.mp4/, [a, b], 'hevc.mp4'],
      ['GIMBAL_E_OUTPUT_IS_INPUT', /short.mp4/, [a, b], 'short.mp4'],
    ] as const) {
      const error = await joinVideos(parts, at(output), { source, times }).catch((thrown: unknown) => thrown);
      expect([GimbalError.isInstance(error), (error as GimbalError).message]).toEqual([
        true,
        expect.stringMatching(message),
      ]);
      expect((error as GimbalError).code).toBe(code);
    }
    const control = new AbortController();
    const onWritten = (written: number) => written === 12 && control.abort();
    const cancelled = joinVideos([a, b], at('out.mp4'), { source, times, signal: control.signal, onWritten });
    await expect(cancelled).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    expect(readdirSync(folder)).toEqual(before);
    await source.close();
  });
});

describe('decodeTimes', () => {
  const part = (decoded: readonly number[], delay = 0) => ({
    decoded: decoded.map(BigInt),
    shown: decoded.toSorted((a, b) => a - b).map(BigInt),
    delay,
  });

  it('is the time of showing without reordering, and leads by the deepest reordering otherwise', () => {
    const shown = [0, 2, 4, 6, 10, 11].map(BigInt);
    expect(decodeTimes(shown, [part([0, 2, 4]), part([6, 10, 11])])).toEqual(shown);
    expect(decodeTimes(shown, [part([0, 4, 2]), part([6, 10, 11])]).map(Number)).toEqual([-2, 0, 2, 4, 6, 10]);
    expect(decodeTimes(shown, [part([0, 2, 4], 2), part([6, 10, 11])]).map(Number)).toEqual([-4, -2, 0, 2, 4, 6]);
    expect(decodeTimes([5n], [part([5], 2)])).toEqual([5n]);
  });
});

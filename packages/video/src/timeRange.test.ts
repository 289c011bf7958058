import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVideoSink, openVideo, type ReadingOptions } from './index.js';
import { ffmpeg, ffprobe, hasFfmpeg, hasFfprobe, scratchFolder } from './testClips.js';

const folder = scratchFolder();
const at = (name: string) => path.join(folder, name);
const KINDS = ['mp4', 'mkv', 'ts'] as const;

interface Seen {
  readonly time: number;
  readonly luma: number;
}

/** Time and mean luma of each frame of a clip, or of a part of it. */
async function seen(file: string, part: Pick<ReadingOptions, 'start' | 'end' | 'stream'> = {}): Promise<Seen[]> {
  const source = await openVideo(file, part);
  const all: Seen[] = [];
  for await (const frame of source.frames()) {
    const { data, width, height, stride } = (frame as HostFrame).planes[0];
    let sum = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) sum += data[y * stride + x];
    all.push({ time: frame.time, luma: sum / (width * height) });
    frame.close();
  }
  await source.close();
  return all;
}

async function written(file: string, out: string, part: Pick<ReadingOptions, 'start' | 'end' | 'stream'>) {
  const source = await openVideo(file, part);
  const sink = createVideoSink(out, { source, preset: 'ultrafast' });
  await sink.open(source.info);
  for await (const frame of source.frames()) await sink.write(frame);
  await sink.finish();
  await source.close();
  return sink;
}

/** Seconds of a clip's time at which its sound becomes loud, and quiet again. */
function loudFrom(file: string): number[] {
  const raw = execFileSync('ffmpeg', [
    '-v',
    'error',
    '-i',
    file,
    '-af',
    'aresample=async=1:first_pts=0',
    '-ac',
    '1',
    '-ar',
    '8000',
    '-f',
    's16le',
    '-',
  ]);
  const samples = new Int16Array(raw.buffer, raw.byteOffset, raw.length / 2);
  const loud = [...samples.keys()].filter((i) => Math.abs(samples[i]) > 3000);
  return [loud[0] / 8000, loud[loud.length - 1] / 8000];
}

// White, and loud, from 7.00 to 7.20 s; grey steps otherwise, so that every picture is told from its neighbours.
beforeAll(() => {
  if (!hasFfmpeg) return;
  const luma = 'if(between(T,6.99,7.19),235,40+2*mod(N,50))'.replaceAll(',', '\\,');
  const sound = 'if(between(t,7,7.2),0.5*sin(2*PI*440*t),0)'.replaceAll(',', '\\,');
  const codecs = '-c:v libx264 -preset veryfast -g 60 -bf 3 -c:a aac';
  ffmpeg(
    `-f lavfi -i color=s=64x48:r=25:d=12,format=yuv420p,geq=lum=${luma}:cb=128:cr=128 -f lavfi -i aevalsrc=${sound}:d=12:s=48000 ${codecs} ${at('in.mp4')}`,
  );
  ffmpeg(`-i ${at('in.mp4')} -c copy ${at('in.mkv')}`);
  ffmpeg(`-i ${at('in.mp4')} -c copy ${at('in.ts')}`);
}, 60_000);

describe.skipIf(!hasFfmpeg || !hasFfprobe).each(KINDS)('a part of an %s file', (kind) => {
  const input = at(`in.${kind}`);

  it.each([
    [6.1, 8],
    [0, 1],
    [2.4, 2.44],
    [9.93, undefined],
    [undefined, 0.5],
  ])('from %s to %s holds the very pictures of the file, from zero on', async (start, end) => {
    const whole = await seen(input);
    const part = await seen(input, { start, end });
    // A transport stream counts from the first of its streams.
    const wanted = whole.filter(({ time }) => time >= (start ?? 0) - 1e-6 && time < (end ?? 99) - 1e-6);
    expect(part.length).toBe(wanted.length);
    expect(part[0].time).toBe(0);
    for (const [i, { time, luma }] of part.entries()) {
      expect(luma).toBe(wanted[i].luma);
      expect(time).toBeCloseTo(wanted[i].time - wanted[0].time, 4);
    }
  });

  it.each(['mp4', 'mkv'])('keeps picture and sound in step in %s, and no more of either', async (out) => {
    const output = at(`${kind}.${out}`);
    await written(input, output, { start: 6.1, end: 8 });
    const white = (await seen(output)).filter(({ luma }) => luma > 200);
    expect(white).toHaveLength(5);
    const [from, to] = loudFrom(output);
    expect(from).toBeCloseTo(white[0].time, 1);
    expect(Math.abs(from - white[0].time)).toBeLessThan(0.025);
    expect(Math.abs(to - white[4].time - 0.04)).toBeLessThan(0.05);
    const { streams } = ffprobe(
      output,
      '-show_entries stream=codec_type:packet=pts_time,duration_time -show_packets -select_streams a',
    );
    expect(streams[0].codec_type).toBe('audio');
    const { packets = [] } = ffprobe(output, '-show_entries packet=pts_time -select_streams a');
    const times = packets.map(({ pts_time }) => Number(pts_time));
    expect(Math.min(...times)).toBeLessThan(0.05);
    expect(Math.max(...times)).toBeGreaterThan(1.8);
    expect(Math.max(...times)).toBeLessThan(1.95);
  });
});

describe.skipIf(!hasFfmpeg)('a part that is none', () => {
  it.each([
    [{ start: 13 }, /No picture of .*\(it lasts 12\.\d\d s\) lies between 13 s and the end/],
    [{ start: 3, end: 3 }, /ends after it starts/],
    [{ start: 3, end: 1 }, /ends after it starts/],
    [{ start: -1 }, /start: expected a time of at least 0/],
    [{ end: Number.NaN }, /end: expected a time/],
    [{ start: 3.001, end: 3.002 }, /No picture of/],
  ])('%j is refused', async (part, message) => {
    await expect(openVideo(at('in.mp4'), part)).rejects.toMatchObject({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('that ends behind the clip ends with it, and a note says so', async () => {
    const source = await openVideo(at('in.mp4'), { start: 11, end: 20 });
    expect(source.info).toMatchObject({ frameCount: 25, range: { start: 11, end: 20 } });
    expect(source.info.notes).toEqual([
      expect.stringMatching(/clip ends at 12\.00 s, before the end that was asked for/),
    ]);
    await source.close();
  });
});

describe.skipIf(!hasFfmpeg)('what lies beside the pictures of a part', () => {
  it('subtitles and chapters are cut with it', async () => {
    const { writeFileSync, readFileSync } = await import('node:fs');
    writeFileSync(
      at('s.srt'),
      '1\n00:00:01,000 --> 00:00:02,000\nbefore\n\n2\n00:00:05,500 --> 00:00:06,500\nacross\n\n3\n00:00:07,000 --> 00:00:07,500\ninside\n\n4\n00:00:11,000 --> 00:00:11,500\nbehind\n',
    );
    writeFileSync(
      at('c.txt'),
      ';FFMETADATA1\n' +
        [
          [0, 3, 'one'],
          [3, 7, 'two'],
          [7, 12, 'three'],
        ]
          .map(([from, to, title]) => `[CHAPTER]\nTIMEBASE=1/1\nSTART=${from}\nEND=${to}\ntitle=${title}\n`)
          .join(''),
    );
    ffmpeg(
      `-i ${at('in.mkv')} -i ${at('s.srt')} -i ${at('c.txt')} -map 0 -map 1 -map_chapters 2 -c copy ${at('full.mkv')}`,
    );
    await written(at('full.mkv'), at('cut.mkv'), { start: 6, end: 8 });
    ffmpeg(`-i ${at('cut.mkv')} -map 0:s ${at('cut.srt')}`);
    const shown = [...readFileSync(at('cut.srt'), 'utf8').matchAll(/00:00:0(\S+) --> 00:00:0(\S+)\s+(\w+)/g)].map(
      ([, from, to, text]) => [text, ...[from, to].map((time) => Number(time.replace(',', '.').replace(/^0/, '')))],
    );
    // The file's own pictures lie 0.02 s behind its subtitles' clock.
    expect(shown).toEqual([
      ['across', 0, expect.closeTo(0.48, 1)],
      ['inside', expect.closeTo(0.98, 1), expect.closeTo(1.48, 1)],
    ]);
    const { chapters = [] } = ffprobe(at('cut.mkv'), '-show_chapters');
    expect(
      chapters.map(({ start_time, end_time, tags }) => [
        Number(start_time).toFixed(1),
        Number(end_time).toFixed(1),
        tags?.title,
      ]),
    ).toEqual([
      ['0.0', '1.0', 'two'],
      ['1.0', '2.0', 'three'],
    ]);
  });
});

describe.skipIf(!hasFfmpeg)('of several streams of pictures', () => {
  const two = at('two.mkv');

  beforeAll(() => {
    ffmpeg(
      `-f lavfi -i color=black:s=64x48:r=25:d=1 -f lavfi -i color=white:s=128x96:r=25:d=1 -f lavfi -i sine=d=1 -map 0 -map 1 -map 2 -c:v libx264 -c:a aac ${two}`,
    );
  });

  it('the largest is taken, which a note says, or the one that is named', async () => {
    const largest = await openVideo(two);
    expect(largest.info).toMatchObject({ width: 128, streamIndex: 1 });
    expect(largest.info.notes).toEqual([
      expect.stringMatching(/2 video streams; the largest .*stream 1, 128×96.*others are 0 \(64×48\)/),
    ]);
    await largest.close();
    const named = await openVideo(two, { stream: 0 });
    expect([named.info.width, named.info.streamIndex, named.info.notes]).toEqual([64, 0, []]);
    await named.close();
    expect((await seen(two, { stream: 0 }))[5].luma).toBeLessThan(20);
    // The other one goes along as it is, and the sound too.
    await written(two, at('chosen.mkv'), { stream: 0 });
    const { streams } = ffprobe(at('chosen.mkv'), '-show_entries stream=codec_type,width');
    expect(streams.map(({ codec_type, width }) => [codec_type, width])).toEqual([
      ['video', 64],
      ['video', 128],
      ['audio', undefined],
    ]);
  });

  it.each([
    [2, /Stream 2 of .* holds no moving pictures; expected one of its video streams: 0 \(64×48\), 1 \(128×96\)/],
    [7, /Stream 7 of .* does not exist; expected one of/],
  ])('%i, which is none, is refused', async (stream, message) => {
    await expect(openVideo(two, { stream })).rejects.toMatchObject({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('a cover picture is never one, however large', async () => {
    ffmpeg(`-f lavfi -i color=red:s=640x480:r=1:d=1 -frames:v 1 ${at('cover.png')}`);
    ffmpeg(
      `-i ${at('in.mp4')} -i ${at('cover.png')} -map 0 -map 1 -c copy -disposition:v:1 attached_pic ${at('cover.mp4')}`,
    );
    const source = await openVideo(at('cover.mp4'));
    expect([source.info.width, source.info.notes]).toEqual([64, []]);
    await source.close();
    await expect(openVideo(at('cover.mp4'), { stream: 2 })).rejects.toThrow(/holds no moving pictures/);
  });
});

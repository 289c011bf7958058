import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVideoSink, openVideo, type VideoSink } from '../index.js';
import { ffmpeg, ffprobe, hasFfmpeg, hasFfprobe, readAll, scratchFolder } from '../testClips.js';

const folder = scratchFolder();
const inFolder = (name: string) => path.join(folder, name);

async function passThrough(input: string, output: string): Promise<VideoSink> {
  const source = await openVideo(inFolder(input));
  const sink = createVideoSink(inFolder(output), { source, preset: 'ultrafast' });
  await sink.open(source.info);
  for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
  await sink.finish();
  await source.close();
  return sink;
}

const codecs = (name: string) =>
  ffprobe(inFolder(name), '-show_streams').streams.map((stream) => String(stream.codec_name));

/** Every packet of one kind of stream, as `time size` lines. */
function packets(name: string, kind: string): string[] {
  const answer = ffprobe(inFolder(name), `-select_streams ${kind} -show_entries packet=pts_time,size`);
  return (answer.packets ?? []).map(({ pts_time, size }) => `${Number(pts_time).toFixed(2)} ${size}`);
}

const VIDEO = '-f lavfi -i testsrc2=s=160x120:r=25:d=2';
const SOUND = '-f lavfi -i sine=d=3:r=48000';

describe.skipIf(!hasFfmpeg || !hasFfprobe)('everything beside the picture', () => {
  beforeAll(() => {
    writeFileSync(
      inFolder('words.srt'),
      '1\n00:00:00,200 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:01,500\nthere\n',
    );
    writeFileSync(
      inFolder('tags.txt'),
      ';FFMETADATA1\ntitle=A film\nartist=Nobody\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n',
    );
    writeFileSync(inFolder('font.ttf'), 'not really a font');
  });

  it('is copied from mp4 to mp4: sound, subtitles, tags, languages, the cover picture', async () => {
    ffmpeg(`-f lavfi -i testsrc=s=64x64:d=0.04 -frames:v 1 ${inFolder('cover.png')}`);
    ffmpeg(
      `${VIDEO} ${SOUND} -i ${inFolder('words.srt')} -i ${inFolder('cover.png')} -i ${inFolder('tags.txt')} -map 1 -map 0 -map 2 -map 3 -map_metadata 4 -map_chapters -1 -c:v:0 libx264 -c:v:1 copy -c:a aac -c:s mov_text -disposition:v:1 attached_pic -metadata:s:a:0 language=nld ${inFolder('all.mp4')}`,
    );
    const sink = await passThrough('all.mp4', 'all-out.mp4');
    expect(sink.notes).toEqual([]);
    expect(codecs('all-out.mp4').sort()).toEqual(['aac', 'h264', 'mov_text', 'png']);
    for (const kind of ['a', 's']) expect(packets('all-out.mp4', kind)).toEqual(packets('all.mp4', kind));
    const probe = ffprobe(inFolder('all-out.mp4'), '-show_streams -show_format');
    expect(probe.format?.tags).toMatchObject({ title: 'A film', artist: 'Nobody' });
    expect(JSON.stringify(probe.streams)).toContain('"language":"nld"');
    expect(JSON.stringify(probe.streams)).toContain('"attached_pic":1');
  });

  it('is copied from mkv to mkv, attachments too', async () => {
    ffmpeg(
      `${VIDEO} ${SOUND} -i ${inFolder('words.srt')} -map 0 -map 1 -map 2 -c:v libx264 -c:a flac -c:s srt -attach ${inFolder('font.ttf')} -metadata:s:t mimetype=font/ttf ${inFolder('all.mkv')}`,
    );
    const sink = await passThrough('all.mkv', 'all-out.mkv');
    expect(sink.notes).toEqual([]);
    expect(codecs('all-out.mkv')).toEqual(codecs('all.mkv'));
    for (const kind of ['a', 's']) expect(packets('all-out.mkv', kind)).toEqual(packets('all.mkv', kind));
  });

  it('is transcoded or left out with a note where the container cannot hold it', async () => {
    ffmpeg(
      `${VIDEO} ${SOUND} -i ${inFolder('words.srt')} -map 0 -map 1 -map 2 -c:v libx264 -c:a pcm_s16le -c:s srt ${inFolder('pcm.mkv')}`,
    );
    const sink = await passThrough('pcm.mkv', 'pcm-out.mp4');
    expect(codecs('pcm-out.mp4')).toEqual(['h264', 'aac']);
    expect(sink.notes).toEqual([
      'Stream 1: sound (pcm_s16le) is not for mp4; it is stored as aac.',
      'Stream 2: subtitles (subrip) cannot be kept in mp4 and is left out.',
    ]);
    const [, sound] = ffprobe(inFolder('pcm-out.mp4'), '-show_streams').streams;
    expect(Number(sound.duration)).toBeCloseTo(3, 1);
  });

  it('starts with the picture where a transport stream starts its clock late', async () => {
    ffmpeg(`${VIDEO} ${SOUND} -c:v mpeg2video -c:a aac -output_ts_offset 5000 ${inFolder('late.ts')}`);
    await passThrough('late.ts', 'late.mp4');
    const starts = ffprobe(inFolder('late.mp4'), '-show_streams').streams.map(({ start_time }) => Number(start_time));
    for (const start of starts) expect(Math.abs(start)).toBeLessThan(0.1);
    const source = await openVideo(inFolder('late.mp4'));
    expect((await readAll(source)).count).toBe(50);
    await source.close();
  });

  it('keeps sound and picture together when the sound starts late', async () => {
    ffmpeg(`${VIDEO} -itsoffset 0.5 ${SOUND} -c:v libx264 -c:a aac ${inFolder('offset.mp4')}`);
    await passThrough('offset.mp4', 'offset-out.mp4');
    for (const kind of ['a', 'v']) {
      const stamps = (name: string) =>
        packets(name, kind)
          .map((line) => line.split(' ')[0])
          .sort();
      expect(stamps('offset-out.mp4')).toEqual(stamps('offset.mp4'));
    }
  });

  it('keeps its order in the file: packets lie beside those of the same time', async () => {
    const answer = ffprobe(inFolder('all-out.mp4'), '-show_entries packet=codec_type,dts_time,pos');
    const inOrder = (answer.packets ?? [])
      .filter(({ pos, dts_time }) => pos && dts_time)
      .sort((a, b) => Number(a.pos) - Number(b.pos));
    let latest = 0;
    for (const { dts_time } of inOrder) {
      if (Number(dts_time) < 0 || Number(dts_time) > 2) continue;
      expect(Number(dts_time)).toBeGreaterThan(latest - 1.1);
      latest = Math.max(latest, Number(dts_time));
    }
  });
});

describe.skipIf(!hasFfmpeg)('pictures of other kinds', () => {
  it('scales what follows a change of resolution to the first size, with a warning', async () => {
    for (const [name, size] of [
      ['a', '160x120'],
      ['b', '320x240'],
    ]) {
      ffmpeg(`-f lavfi -i testsrc2=s=${size}:r=25:d=0.4 -c:v libx264 -bf 0 -f mpegts ${inFolder(`${name}.ts`)}`);
    }
    ffmpeg(`-i concat:${inFolder('a.ts')}|${inFolder('b.ts')} -c copy ${inFolder('change.ts')}`);
    const source = await openVideo(inFolder('change.ts'));
    const { count } = await readAll(source, (frame) => {
      expect(frame.planes[0]).toMatchObject({ width: 160, height: 120 });
      expect(frame.planes[0].data[60 * frame.planes[0].stride + 80]).toBeGreaterThan(0);
    });
    expect(count).toBe(20);
    expect(source.warnings.map(({ code }) => code)).toEqual(['resolution-change']);
    await source.close();
  });

  it.each([
    ['rgb24', 'png', 'yuv444p'],
    ['pal8', 'png', 'yuv444p'],
    ['yuv411p', 'ffv1', 'yuv411p'],
    ['gbrp10le', 'ffv1', 'yuv444p10le'],
    ['yuva420p', 'ffv1', 'yuv420p'],
    ['yuvj422p', 'mjpeg', 'yuv422p'],
  ])('%s becomes a frame of %s planes (%s)', async (stored, codec, expected) => {
    const file = inFolder(`${stored}.mkv`);
    ffmpeg(`-f lavfi -i smptebars=s=280x48:d=0.2 -c:v ${codec} -strict -2 -pix_fmt ${stored} ${file}`);
    const source = await openVideo(file);
    expect(source.info.storedFormat).toBe(stored);
    expect(source.info.format.name).toBe(expected);
    expect(source.info.notes).toHaveLength(['yuvj422p', 'yuv411p'].includes(stored) ? 0 : 1);
    expect(source.info.fullRange).toBe(stored === 'yuvj422p');
    const { count } = await readAll(source, ({ planes, format }) => {
      // Palettes are dithered. The first bar is 75 % gray: 180 in limited, 191 in full range; its chroma is neutral.
      const at = (i: number) => {
        const { data, stride, bytesPerSample } = planes[i];
        const byte = 10 * stride + 8 * bytesPerSample;
        return (bytesPerSample === 2 ? data[byte] + 256 * data[byte + 1] : data[byte]) / 2 ** (format.bitDepth - 8);
      };
      expect(Math.abs(at(0) - (stored === 'yuvj422p' ? 191 : 180))).toBeLessThan(stored === 'pal8' ? 12 : 3);
      expect(Math.abs(at(1) - 128)).toBeLessThan(stored === 'pal8' ? 12 : 3);
    });
    expect(count).toBe(5);
    await source.close();
  });
});

import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVideoSink, openVideo, type VideoSink } from '../index.js';
import { ffmpeg, ffprobe, hasFfmpeg, hasFfprobe, readAll, scratchFolder } from '../testClips.js';

const folder = scratchFolder();
const inFolder = (name: string) => path.join(folder, name);

const TITLES = ['One', 'Zwei: über, 二 = "2"; #', 'Three'];
/** Seconds; frame borders at 25 frames per second, the last one not even a millisecond's. */
const STARTS = [0, 0.52, 1.2345678];

async function passThrough(input: string, output: string, codec?: 'ffv1'): Promise<VideoSink> {
  const source = await openVideo(inFolder(input));
  const sink = createVideoSink(inFolder(output), { source, codec, preset: codec ? undefined : 'ultrafast' });
  await sink.open(source.info);
  for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
  await sink.finish();
  await source.close();
  return sink;
}

const chaptersOf = (name: string) => ffprobe(inFolder(name), '-show_chapters').chapters ?? [];
const titlesOf = (name: string) => chaptersOf(name).map(({ tags }) => tags?.title);
const times = (name: string) => chaptersOf(name).map(({ start_time, end_time }) => [+start_time, +end_time]);

describe.skipIf(!hasFfmpeg || !hasFfprobe)('chapters', () => {
  beforeAll(() => {
    const marks = STARTS.map((start, i) => {
      const end = STARTS[i + 1] ?? 1.9;
      const title = TITLES[i].replace(/[=;#]/g, (sign) => `\\${sign}`);
      return `[CHAPTER]\nTIMEBASE=1/10000000\nSTART=${Math.round(start * 1e7)}\nEND=${Math.round(end * 1e7)}\ntitle=${title}\n`;
    });
    writeFileSync(inFolder('tags.txt'), `;FFMETADATA1\ntitle=A film\n${marks.join('')}`);
    writeFileSync(
      inFolder('late.txt'),
      ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=400\nEND=800\ntitle=Late\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=800\nEND=1600\ntitle=\n',
    );
    for (const [name, marks, options] of [
      ['in.mp4', 'tags.txt', ''],
      ['in.mov', 'tags.txt', ''],
      ['in.m4v', 'tags.txt', '-f mp4'],
      ['in.mkv', 'tags.txt', '-c:a flac'],
      ['late.mkv', 'late.txt', '-c:a flac'],
    ]) {
      ffmpeg(
        `-f lavfi -i testsrc2=s=160x120:r=25:d=2 -f lavfi -i sine=d=2 -i ${inFolder(marks)} -map 0 -map 1 -map_metadata 2 -map_chapters 2 ${options} ${inFolder(name)}`,
      );
    }
    // Cut between key frames: packets before zero that an mp4's edit list hides.
    ffmpeg(
      `-i ${inFolder('in.mp4')} -map 0:v -map 0:a -map_chapters -1 -c:v libx264 -g 100 -c:a aac ${inFolder('whole.mp4')}`,
    );
    ffmpeg(
      `-ss 0.5 -i ${inFolder('whole.mp4')} -i ${inFolder('tags.txt')} -map_chapters 1 -c copy ${inFolder('early.mp4')}`,
    );
  });

  it.each([
    ['in.mp4', 'mp4.mp4'],
    ['in.mp4', 'mp4.mkv'],
    ['in.mov', 'mov.mov'],
    ['in.mkv', 'mkv.mp4'],
    ['in.mkv', 'mkv.mkv'],
    ['in.m4v', 'm4v.m4v'],
    ['mkv.mp4', 'again.mkv'],
    ['mp4.mkv', 'again.mp4'],
    ['early.mp4', 'early.mkv'],
    ['early.mp4', 'early-out.mp4'],
  ])('go from %s to %s', async (input, output) => {
    const sink = await passThrough(input, output);
    expect(sink.notes).toEqual([]);
    expect(titlesOf(output)).toEqual(TITLES);
    // What lies before zero puts off a Matroska file as a whole.
    const delay = startOf(output) - startOf(input);
    for (const [i, [start, end]] of times(output).entries()) {
      const [sourceStart, sourceEnd] = times(input)[i];
      expect(start).toBeCloseTo(sourceStart + delay, 4);
      expect(end).toBeCloseTo(sourceEnd + delay, 4);
    }
  });

  it('keep the others of an mp4: the same packets, the same pictures', async () => {
    ffmpeg(`-i ${inFolder('in.mkv')} -map_chapters -1 -c copy ${inFolder('bare.mkv')}`);
    for (const extension of ['mp4', 'mov', 'mkv']) {
      await passThrough('bare.mkv', `bare-out.${extension}`);
      await passThrough('in.mkv', `marked-out.${extension}`);
      expect(titlesOf(`bare-out.${extension}`)).toEqual([]);
      expect(titlesOf(`marked-out.${extension}`)).toEqual(TITLES);
      for (const kind of ['v', 'a']) {
        expect(packets(`marked-out.${extension}`, kind)).toEqual(packets(`bare-out.${extension}`, kind));
      }
      expect(hashOf(`marked-out.${extension}`)).toBe(hashOf(`bare-out.${extension}`));
    }
    const types = topBoxes('marked-out.mp4');
    expect(types.indexOf('moov')).toBeLessThan(types.indexOf('mdat'));
  });

  it('may start late and have no title', async () => {
    await passThrough('late.mkv', 'late.mp4');
    await passThrough('late.mkv', 'late-out.mkv');
    expect(times('late.mp4')).toEqual([
      [0.4, 0.8],
      [0.8, 1.6],
    ]);
    expect(times('late-out.mkv')).toEqual(times('late.mp4'));
    expect(titlesOf('late.mp4')[0]).toEqual('Late');
  });

  it('are read from the list of an mp4 that has no text track', async () => {
    // The tracks' references under another name: only the list is left.
    const bytes = readFileSync(inFolder('in.mp4'));
    for (let at = bytes.indexOf('chap'); at >= 0; at = bytes.indexOf('chap', at)) bytes.write('free', at);
    writeFileSync(inFolder('list.mp4'), bytes);
    await passThrough('list.mp4', 'list-out.mkv');
    expect(titlesOf('list-out.mkv')).toEqual(TITLES);
  });

  it('that make no sense are left out with a note', async () => {
    const bytes = readFileSync(inFolder('in.mkv'));
    const at = bytes.lastIndexOf(Buffer.from([0x10, 0x43, 0xa7, 0x70]));
    bytes.fill(0x01, at + 8, at + 40);
    writeFileSync(inFolder('damaged.mkv'), bytes);
    const sink = await passThrough('damaged.mkv', 'damaged-out.mkv');
    expect(sink.notes).toEqual(['The chapter marks cannot be read and are left out.']);
    expect(chaptersOf('damaged-out.mkv')).toEqual([]);
  });

  it('are given up with the output when abort() comes while they are stored', async () => {
    copyFileSync(inFolder('in.mp4'), inFolder('abort.mp4'));
    const source = await openVideo(inFolder('abort.mp4'));
    const sink = createVideoSink(inFolder('aborted.mp4'), { source, preset: 'ultrafast' });
    await sink.open(source.info);
    for await (const frame of source.frames()) if (frame.memory === 'host') await sink.write(frame);
    const finishing = sink.finish();
    await Promise.all([expect(finishing).rejects.toThrow(), sink.abort()]);
    await source.close();
    expect(readdirSync(folder).filter((name) => /aborted/.test(name))).toEqual([]);
  });

  it('do not keep anybody from decoding the file', async () => {
    const source = await openVideo(inFolder('mkv.mp4'));
    expect((await readAll(source)).count).toBe(50);
    await source.close();
  });
});

/** Seconds at which the pictures begin. */
function startOf(name: string): number {
  return Number(ffprobe(inFolder(name), '-select_streams v -show_streams').streams[0].start_time);
}

function packets(name: string, kind: string): string[] {
  const answer = ffprobe(inFolder(name), `-select_streams ${kind} -show_entries packet=pts_time,dts_time,size`);
  return (answer.packets ?? []).map(({ pts_time, dts_time, size }) => `${pts_time} ${dts_time} ${size}`);
}

/** A hash of everything decoded. */
function hashOf(name: string): string {
  const file = inFolder(`${name}.md5`);
  ffmpeg(`-xerror -i ${inFolder(name)} -map 0:v -map 0:a -f md5 ${file}`);
  return readFileSync(file, 'utf8');
}

function topBoxes(name: string): string[] {
  const bytes = readFileSync(inFolder(name));
  const types: string[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at))
    types.push(bytes.toString('latin1', at + 4, at + 8));
  return types;
}

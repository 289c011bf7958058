import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CaseRun, canRun, casesFolder, runScript } from './runScript.js';

describe.skipIf(!canRun)('pixel formats', () => {
  beforeAll(() => runScript('colours'));

  const sizes = [
    [320, 180],
    [1280, 720],
  ] as const;
  const kinds = ['uyvy422.nut', 'yuyv422.avi', 'yuv411p.mkv', 'yuv440p.mkv', 'yuv422p.mkv', 'yuvj440p.mkv'];

  describe.each(sizes)('of %i × %i', (width, height) => {
    it.each(kinds)('%s keeps luma and chroma, and no tag is invented', (kind) => {
      const [pixels, extension] = kind.split('.');
      const input = path.join(casesFolder, `in/col_${pixels}_${width}.${extension}`);
      const output = path.join(casesFolder, `out/col_${pixels}_${width}.mp4`);
      const [before, after] = [middle(input, width, height), middle(output, width, height)];
      for (const [i, value] of after.entries()) expect(Math.abs(value - before[i])).toBeLessThan(2);
      // H.264 has no word for studio range alone: it is what is meant where nothing is said.
      const { color_space, color_range } = videoStream(input);
      const tags = videoStream(output);
      expect(tags.color_space).toBe(color_space);
      expect([color_range, 'tv', 'unknown', undefined]).toContain(tags.color_range);
    });
  });
});

describe.skipIf(!canRun)('interlaced', () => {
  let run: CaseRun | undefined;
  beforeAll(async () => {
    run = (await runScript('h264_interlaced')).get('h264_interlaced');
  });

  it('is deinterlaced, said once, and has no comb left', () => {
    expect(run?.exit).toBe(0);
    expect(run?.messages.match(/interlaced \(top first\)/g)).toHaveLength(1);
    // The same pictures, deinterlaced by a player.
    const wanted = comb(run?.input ?? '', 'yadif=deint=all');
    expect(comb(run?.output ?? '', 'null')).toBeLessThan(1.1 * wanted);
    expect(comb(run?.input ?? '', 'null')).toBeGreaterThan(1.5 * wanted);
  });
});

describe.skipIf(!canRun)('what pictures carry', () => {
  const runs = new Map<string, CaseRun>();
  beforeAll(async () => {
    for (const script of ['a53cc', 'dovi', 'prores4444', 'gray']) {
      for (const [name, run] of await runScript(script)) runs.set(name, run);
    }
  });
  const run = (name: string): CaseRun => {
    const found = runs.get(name);
    if (found === undefined) throw new Error(`The scripts ran no ${name}.`);
    expect(found.exit).toBe(0);
    return found;
  };

  it('captions stay in h264', () => {
    const { input, output } = run('a53cc');
    expect(captions(output)).toBe(captions(input));
    expect(captions(output)).toBeGreaterThan(50);
  });

  it.each(['dovi_h264', 'dovi_h265', 'dovi_mkv'])(
    '%s: no Dolby Vision without its data, HLG kept, and a note',
    (name) => {
      const { output, messages } = run(name);
      expect(JSON.stringify(videoStream(output))).not.toMatch(/DOVI|dvh|dvcC|dvvC/i);
      expect(videoStream(output)).toMatchObject({ color_transfer: 'arib-std-b67', color_primaries: 'bt2020' });
      expect(messages).toMatch(/Dolby Vision/);
    },
  );

  it.each(['hlg_prores', 'hlg_ffv1', 'hlg_av1'])('%s: HLG in the pictures too', (name) => {
    const { output } = run(name);
    const tags = { color_transfer: 'arib-std-b67', color_primaries: 'bt2020', color_space: 'bt2020nc' };
    expect(videoStream(output)).toMatchObject(tags);
    expect(firstFrame(output)).toMatchObject(tags);
  });

  it('prores4444: alpha is kept', () => {
    const { output, messages } = run('prores4444');
    expect(videoStream(output).pix_fmt).toMatch(/^yuva444p/);
    expect(messages).not.toMatch(/alpha/);
  });

  it('prores4444_mp4: alpha, for which h264 has no place, is named', () => {
    const { output, messages } = run('prores4444_mp4');
    expect(videoStream(output).pix_fmt).not.toContain('yuva');
    expect(messages).toMatch(/Left out: the alpha channel/);
  });

  it('gray: plays', () => {
    const { output } = run('gray');
    expect(existsSync(output)).toBe(true);
    expect(videoStream(output).pix_fmt).toMatch(/^yuvj?420p$/);
  });
});

function probe(file: string, args: readonly string[]): unknown {
  const text = execFileSync('ffprobe', ['-v', 'error', '-of', 'json', '-select_streams', 'v', ...args, file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(text);
}

function videoStream(file: string): Readonly<Record<string, string>> {
  return (probe(file, ['-show_streams']) as { streams: Record<string, string>[] }).streams[0];
}

function firstFrame(file: string): Readonly<Record<string, string>> {
  const answer = probe(file, ['-read_intervals', '%+#1', '-show_frames']) as { frames: Record<string, string>[] };
  return answer.frames[0];
}

/** Pictures that carry captions. */
function captions(file: string): number {
  const { frames } = probe(file, ['-show_frames']) as { frames: { side_data_list?: { side_data_type: string }[] }[] };
  return frames.filter(({ side_data_list = [] }) => side_data_list.some((data) => /A53/.test(data.side_data_type)))
    .length;
}

/** Luma of every picture of a clip of 720 × 576, or planes of its first in 4:4:4, as they are stored. */
function samples(file: string, args: readonly string[]): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', file, ...args, '-f', 'rawvideo', '-'], {
    maxBuffer: 2 ** 31 - 1,
  });
}

/** Mean Y, U, V of the patch in the middle of the first picture. */
function middle(file: string, width: number, height: number): number[] {
  const full = /^yuvj|pc/.test(`${videoStream(file).pix_fmt} ${videoStream(file).color_range}`);
  const data = samples(file, ['-frames:v', '1', '-pix_fmt', full ? 'yuvj444p' : 'yuv444p']);
  return [0, 1, 2].map((plane) => {
    let sum = 0;
    for (let y = -8; y < 8; y++) {
      for (let x = -8; x < 8; x++) sum += data[(plane * height + height / 2 + y) * width + width / 2 + x];
    }
    return sum / 256;
  });
}

/** Energy of what alternates from row to row, relative to all vertical detail. */
function comb(file: string, filter: string): number {
  const [width, height] = [720, 576];
  const data = samples(file, ['-vf', `${filter},scale=${width}:${height}`, '-frames:v', '60', '-pix_fmt', 'gray']);
  let [alternating, detail] = [0, 0];
  for (let start = 0; start < data.length; start += width * height) {
    for (let i = start + 2 * width; i < start + (height - 2) * width; i++) {
      alternating += (2 * data[i] - data[i - width] - data[i + width]) ** 2;
      detail += (2 * data[i] - data[i - 2 * width] - data[i + 2 * width]) ** 2;
    }
  }
  return alternating / detail;
}

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo } from './index.js';
import { ffprobe, hasFfprobe, makeClip, readAll, scratchFolder } from './testClips.js';

const folder = scratchFolder();
/** Shown for 1/25 s, then for 1/10 s, then irregularly; not from zero. */
const TIMES = [0.2, 0.24, 0.28, 0.32, 0.42, 0.52, 0.62, 0.625, 0.9, 1.5];

describe('variable frame rate', () => {
  it.each(['mp4', 'mov', 'mkv'])('keeps the time stamps in %s', async (extension) => {
    const file = path.join(folder, `vfr.${extension}`);
    await makeClip(file, { times: TIMES, preset: 'ultrafast' });
    const source = await openVideo(file);
    const { times } = await readAll(source);
    expect(times).toHaveLength(TIMES.length);
    const tolerance = extension === 'mkv' ? 3 : 5;
    for (const [i, time] of times.entries()) expect(time).toBeCloseTo(TIMES[i], tolerance);
    await source.close();
  });

  it('writes the time stamps of its source, tick by tick', async () => {
    const file = path.join(folder, 'source.mp4');
    await makeClip(file, { times: TIMES, preset: 'ultrafast' });
    const source = await openVideo(file);
    const output = path.join(folder, 'output.mp4');
    const sink = createVideoSink(output, { source, codec: 'h265', preset: 'ultrafast' });
    await sink.open(source.info);
    for await (const frame of source.frames()) {
      const target = sink.allocate(frame);
      expect(target.time).toBe(frame.time);
      frame.close();
      await sink.write(target);
    }
    await sink.finish();
    const copy = await openVideo(output);
    expect((await readAll(copy)).times).toEqual((await readAll(source)).times);
    await copy.close();
    await source.close();
    if (!hasFfprobe) return;
    const stamps = (name: string) =>
      ffprobe(name, '-show_entries packet=pts_time')
        .packets?.map((p) => p.pts_time)
        .sort();
    expect(stamps(output)).toEqual(stamps(file));
  });

  it('keeps NTSC rates exact', async () => {
    const file = path.join(folder, 'ntsc.mp4');
    await makeClip(file, { frameRate: 30000 / 1001, frames: 30, preset: 'ultrafast' });
    const source = await openVideo(file);
    expect(source.info.frameRate).toBeCloseTo(30000 / 1001, 9);
    const { times } = await readAll(source);
    for (const [i, time] of times.entries()) expect(time).toBeCloseTo((i * 1001) / 30000, 9);
    await source.close();
  });
});

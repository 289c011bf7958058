import { beforeAll, describe, expect, it } from 'vitest';
import { expectInSync } from './expectInSync.js';
import { type CaseRun, canRun, runScript } from './runScript.js';
import { soundAndPicture } from './soundAndPicture.js';

const runs = new Map<string, CaseRun>();

describe.skipIf(!canRun)('sound', () => {
  beforeAll(async () => {
    for (const script of ['dv_audio', 'audio']) for (const [name, run] of await runScript(script)) runs.set(name, run);
  });

  it.each(['dv_audio', 'dv_audio_mov'])(
    '%s: a tape whose sound changes its rate is resampled, in sync, and says so',
    (name) => {
      const run = runs.get(name);
      expect(run?.exit).toBe(0);
      // Both takes hold the first 1.5 s of the original.
      const { times, moments, sampleRate } = soundAndPicture(run?.output ?? name);
      expect(sampleRate).toBe(48_000);
      expect(times.length).toBeGreaterThan(72);
      expect(moments.length).toBeGreaterThan(19);
      for (const { time, moment } of moments) {
        if (Math.abs(time - 1.5) < 0.15) continue;
        expect(Math.abs(moment - (time < 1.5 ? time : time - 1.5))).toBeLessThan(0.1);
      }
      expect(run?.messages).toMatch(/the sound changes on its way from 48000 Hz stereo to 32000 Hz/);
    },
  );

  it.each<[string, number, number]>([
    ['a_pcm192k', 96_000, 2],
    ['a_pcm11024', 11_025, 1],
    ['a_pcm16ch', 48_000, 8],
    ['a_pcm4ch', 48_000, 4],
    ['a_pcm21', 48_000, 6],
    ['a_vorbis', 48_000, 2],
    ['a_webm16', 48_000, 8],
    ['a_webm4', 48_000, 7],
  ])('%s is heard at %i Hz in %i channels, and says what was done', (name, rate, channels) => {
    const run = runs.get(name);
    expect(run?.exit).toBe(0);
    expect(soundAndPicture(run?.output ?? name)).toMatchObject({ sampleRate: rate, channels });
    expect(run?.messages).toMatch(/is stored as/);
  });

  it('telephone sound is heard', () => {
    const run = runs.get('a_amr');
    expect(run?.exit).toBe(0);
    expect(soundAndPicture(run?.output ?? '')).toMatchObject({ sampleRate: 8000, channels: 1 });
  });
});

describe.skipIf(!canRun)('edit lists', () => {
  const edited = new Map<string, CaseRun>();
  beforeAll(async () => {
    for (const [name, run] of await runScript('editlist')) edited.set(name, run);
  });

  it.each<[string, readonly (readonly [start: number, from: number, seconds: number])[]]>([
    ['el_trim', [[0, 0.7, 1.5]]],
    [
      'el_two',
      [
        [0, 0.3, 0.6],
        [0.6, 1.8, 0.7],
      ],
    ],
    ['el_empty', [[1, 0.5, 2]]],
  ])('%s: nothing that was trimmed away comes back, the rest is in sync', (name, pieces) => {
    const run = edited.get(name);
    expect(run?.exit).toBe(0);
    const { times, moments } = soundAndPicture(run?.output ?? name);
    const seconds = pieces.reduce((sum, [, , length]) => sum + length, 0);
    expect(times).toHaveLength(Math.round(seconds * 30));
    expect(times[0]).toBeCloseTo(pieces[0][0], 1);
    expect(moments.length).toBeGreaterThan((seconds - 0.6) / 0.128);
    for (const { time, moment } of moments) {
      const piece = pieces.find(([start, , length]) => time >= start && time < start + length);
      expect(piece, `sound at ${time}`).toBeDefined();
      const [start, from, length] = piece ?? [0, 0, 0];
      if (Math.min(time - start, start + length - time) < 0.08) continue;
      expect(Math.abs(moment - (from + time - start))).toBeLessThan(0.06);
    }
  });

  it('el_slow: an edit at another speed keeps the run whole', () => {
    expect(edited.get('el_slow')?.exit).toBe(0);
  });
});

it.skipIf(!canRun)('sound that begins before or after the picture stays where it was', async () => {
  const offsets = await runScript('offsets');
  for (const name of ['off_vlate_mp4', 'off_vlate_mkv', 'off_alate_mov']) {
    const run = offsets.get(name);
    expect(run?.exit).toBe(0);
    const late = name.includes('vlate') ? 0.8 : -0.8;
    const { times, moments } = soundAndPicture(run?.output ?? name);
    expect(times).toHaveLength(90);
    for (const { time, moment } of moments) expect(Math.abs(times[0] - late - (time - moment))).toBeLessThan(0.08);
  }
  expectInSync(offsets.get('off_mkv_mkv')?.output ?? '');
});

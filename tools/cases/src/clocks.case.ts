import { beforeAll, describe, expect, it } from 'vitest';
import { expectInSync } from './expectInSync.js';
import { type CaseRun, canRun, runScript } from './runScript.js';

describe.skipIf(!canRun)('clocks', () => {
  const runs = new Map<string, CaseRun>();
  beforeAll(async () => {
    // clock_jump uses what clock_reset makes.
    for (const script of ['clock_reset', 'clock_jump', 'offsets']) {
      for (const [name, run] of await runScript(script)) runs.set(name, run);
    }
  });

  it.each([
    ['joined_ts', 'two recordings joined'],
    ['joined_aac_ts', 'two recordings joined, AAC'],
    ['joined_vob', 'two recordings joined, program stream'],
    ['wrap_ts', 'a clock that runs over 33 bits'],
    ['disc_m3u8', 'a playlist with a discontinuity'],
    ['jump', 'a clock that leaps forward by an hour'],
  ])('%s: %s is whole and in sync', (name) => {
    const run = runs.get(name);
    expect(run?.exit).toBe(0);
    expectInSync(run?.output ?? name);
  });

  it.each(['3600_mkv', 'frag_mp4', '3600_ts', '3600_flv'])('%s: a clock that starts at an hour', (name) => {
    const run = runs.get(`off_${name}`);
    expect(run?.exit).toBe(0);
    expectInSync(run?.output ?? name);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BuildProgress } from '../../run/buildProgress.mjs';

/** A stream that keeps what is written. */
function kept(isTTY: boolean) {
  const texts: string[] = [];
  return { isTTY, columns: 60, texts, write: (text: string) => texts.push(text) };
}

const BUILD = `
 NX   Running target build for 2 projects and 3 tasks they depend on:

- @gimbal/native

> nx run @gimbal/core:build

> nx run @gimbal/native:"build:native"

@gimbal/native: > cmake-js compile --out build
@gimbal/native: [12/37] Building CXX object warp/cpu.cpp.o
`;

describe('the progress of a build', () => {
  it('is a line for each step where there is no terminal', async () => {
    const out = kept(false);
    const progress = new BuildProgress(out, { delay: 0 });
    await wait(20);
    progress.take(BUILD.slice(0, 150));
    progress.take(BUILD.slice(150));
    progress.end();
    const [first, ...steps] = out.texts;
    expect(first).toMatch(/^Building: the first time it usually takes/);
    expect(steps.map((line) => line.replace(/\d+ s/, 'N s'))).toEqual([
      '[1/5] @gimbal/core, N s\n',
      '[2/5] @gimbal/native, compiled parts, N s\n',
      'Built in N s.\n',
    ]);
  });

  it('is one line in place on a terminal, no wider than it', async () => {
    const out = kept(true);
    const progress = new BuildProgress(out, { delay: 0 });
    progress.take(BUILD);
    await wait(700);
    progress.end();
    expect(out.texts.join('')).toContain('[2/5] @gimbal/native compiled parts, file 12 of 37');
    expect(out.texts.slice(1).every((text) => text.startsWith('\r') && text.length <= 64)).toBe(true);
  });

  it('is nothing where the build is done at once', () => {
    const out = kept(true);
    const progress = new BuildProgress(out);
    progress.take(BUILD);
    progress.end();
    expect(out.texts).toEqual([]);
  });
});

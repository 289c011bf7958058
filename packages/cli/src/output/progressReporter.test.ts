import { describe, expect, it } from 'vitest';
import { createProgressReporter, duration } from './progressReporter.js';

function recorded(live: boolean, quiet = false) {
  const written: string[] = [];
  let time = 0;
  const terminal = { out: () => undefined, err: (text: string) => written.push(text), live };
  const reporter = createProgressReporter(terminal, quiet, () => time);
  return { written, reporter, wait: (milliseconds: number) => (time += milliseconds) };
}

describe('progress', () => {
  it('says a line when a stage begins and every few seconds after that', () => {
    const { written, reporter, wait } = recorded(false);
    for (let done = 1; done <= 100; done++) {
      reporter.update({ stage: 'analyze', done, total: 100 });
      wait(100);
    }
    reporter.update({ stage: 'render', done: 1, total: 100 });
    expect(written).toHaveLength(5);
    expect(written[1]).toMatch(/analyze\s+31\/100 {2}31% {2}10 fps {2}7s left\n$/);
    expect(written[4]).toMatch(/render/);
  });

  it('rewrites one line on a terminal and takes it away', () => {
    const { written, reporter, wait } = recorded(true);
    reporter.update({ stage: 'analyze', done: 1 });
    wait(500);
    reporter.update({ stage: 'analyze', done: 20 });
    reporter.clear();
    expect(written.every((text) => text.startsWith('\r\u001b[2K') && !text.includes('\n'))).toBe(true);
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  it('is silent when told so, and does not promise an end it does not know', () => {
    const quiet = recorded(false, true);
    quiet.reporter.update({ stage: 'analyze', done: 1 });
    expect(quiet.written).toEqual([]);
    const { written, reporter, wait } = recorded(false);
    reporter.update({ stage: 'analyze', done: 1, total: 10 });
    wait(4000);
    // The container had promised fewer frames than came.
    reporter.update({ stage: 'analyze', done: 20, total: 10 });
    expect(written[1]).toMatch(/20 frames/);
    expect(written[1]).not.toMatch(/left|%/);
  });

  it('says times as a person does', () => {
    expect([0.4, 59, 61, 3600 * 2 + 60 * 5].map(duration)).toEqual(['0s', '59s', '1m01s', '2h05m']);
  });
});

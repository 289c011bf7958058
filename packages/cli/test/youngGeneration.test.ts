import { expect, test } from 'vitest';
import { runGimbal } from './runGimbal.js';

const atExit = `
import v8 from 'node:v8';
process.on('exit', () => {
  const space = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  process.stderr.write('new space ' + space.space_size / 2 ** 20);
});`;

test('the space for new objects stays as small as it was at the start', async () => {
  const preload = `data:text/javascript,${encodeURIComponent(atExit)}`;
  const { code, stderr } = await runGimbal(['estimators'], { env: { NODE_OPTIONS: `--import=${preload}` } });
  expect(code).toBe(0);
  // Left alone it has doubled twice by the time the commands are loaded.
  expect(Number(/new space ([\d.]+)/.exec(stderr)?.[1])).toBeLessThanOrEqual(4);
});

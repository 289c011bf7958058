import { expect, it } from 'vitest';
import { parseRefereeOptions } from './refereeOptions.js';

it('takes options, and hands on what stands after the dashes', () => {
  const options = parseRefereeOptions(['--estimators', 'classical,ihn', '--limit', '3', '--', '--strength', '0.8']);
  expect(options).toMatchObject({
    estimators: ['classical', 'ihn'],
    limit: 3,
    jobs: 2,
    reuse: false,
    extra: ['--strength', '0.8'],
  });
});

it.each([
  [['--estimators', 'classical']],
  [['--estimators', 'ihn,ihn']],
  [['--limit', '0']],
  [['--jobs', 'two']],
  [['--unknown']],
])('refuses %j', (args) => {
  expect(() => parseRefereeOptions(args)).toThrow();
});

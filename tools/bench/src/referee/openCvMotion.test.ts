import { expect, it } from 'vitest';
import { openCvJudge } from './openCvMotion.js';

it('says what is missing where it cannot judge', async () => {
  expect(await openCvJudge('no-such-python')).toEqual({ problem: expect.stringMatching(/OpenCV.*no-such-python/) });
});

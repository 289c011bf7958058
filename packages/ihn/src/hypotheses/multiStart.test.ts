import { identityHomography, translationHomography } from '@gimbal/core/geometry';
import { expect, test } from 'vitest';
import { shot } from '../../test/scene.js';
import { cornersAtRest } from '../grid/gridCorners.js';
import { GRID, gridPicture } from '../grid/gridPicture.js';
import type { NetworkPass, PairNetwork, Question } from '../network/pairNetwork.js';
import { refinePhotometric } from '../photometric/photometricRefinement.js';
import { bestOf, multiStart } from './multiStart.js';
import { type ScoredPass, scorePass } from './scorePass.js';

const size = { width: GRID, height: GRID };
const picture = (x: number, y: number) => gridPicture(shot(size, 4, translationHomography(x, y)), 1);
const [previous, current] = (await Promise.all([picture(0, 0), picture(30, 4)])).map((one, key) => ({
  key,
  picture: one,
}));
const shifted = (x: number, y: number) => Float32Array.of(x, y, x, y, x, y, x, y);
const said = (x: number, y: number, expectedError: number): NetworkPass => ({
  corners: [shifted(x, y)],
  expectedError,
  expectedErrors: [expectedError],
});
const scored = (pass: NetworkPass) => scorePass(previous.picture, current.picture, pass);

/** A network whose basin is half as wide as the motion: it finds the truth from where that is near, else it stays where it starts. */
function nearsighted(asked: Question[]): PairNetwork {
  return {
    provider: 'cpu',
    guided: true,
    async run(questions) {
      asked.push(...questions);
      return questions.map(({ previous: from, start }) => {
        const way = from === previous ? 1 : -1;
        const near = Math.hypot(start[0] - 30 * way, start[1] - 4 * way) < 15;
        return near ? said(30 * way, 4 * way, 0.05) : said(start[0], start[1], 3);
      });
    },
    refinePhotometric: async (pair) => refinePhotometric(pair),
    async warmup() {},
    forget() {},
    async close() {},
  };
}

test('a truth that two passes agree on ends the search', async () => {
  const asked: Question[] = [];
  const found = await multiStart(
    nearsighted(asked),
    [previous, current],
    scored(said(0, 0, 3)),
    { x: 28, y: 4, correlation: 0.8 },
    translationHomography(25, 0),
  );
  expect(found.pass.corners[0]).toEqual(shifted(30, 4));
  // Backward, and from the guess, the way back, and the shift.
  expect(asked.length).toBe(4);
  expect(asked[0]).toMatchObject({ previous: current, current: previous, start: cornersAtRest() });
});

test('without agreement eight more shifts are tried', async () => {
  const asked: Question[] = [];
  const none = { x: 0, y: 0, correlation: 0 };
  const found = await multiStart(
    nearsighted(asked),
    [previous, current],
    scored(said(-5, 40, 3)),
    none,
    identityHomography(),
  );
  expect(found.pass.corners[0]).toEqual(shifted(30, 4));
  expect(asked.length).toBe(2 + 8);
  expect(found.confidence).toBeGreaterThan(0.9);
});

test('votes, correlation and expected error decide together', () => {
  const [right, wrong] = [scored(said(30, 4, 0.2)), scored(said(-20, 30, 0.2))];
  expect(bestOf([wrong, right])).toMatchObject({ scored: right, votes: 1 });
  // A pattern that repeats is nearly as alike where it fits wrongly, and more looks may end there.
  const repeated: ScoredPass = { ...wrong, inlierCorrelation: 0.85 };
  const exact: ScoredPass = { ...right, inlierCorrelation: 0.98 };
  expect(bestOf([repeated, repeated, repeated, exact]).scored).toBe(exact);
  const outlierShare: ScoredPass = { ...right, inlierCorrelation: 0.8 };
  expect(bestOf([outlierShare, repeated, repeated])).toMatchObject({ scored: repeated, votes: 2 });
  expect(bestOf([scored({ corners: [new Float32Array(8).fill(Number.NaN)] }), outlierShare]).scored).toBe(outlierShare);
});

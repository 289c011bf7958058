import { identityHomography, translationHomography } from '@gimbal/core';
import { expect, test } from 'vitest';
import { shot } from '../test/scene.js';
import { type Evidence, weigh } from './evidence.js';
import { bestOf, furtherLooks } from './furtherLooks.js';
import { cornersAtRest } from './gridCorners.js';
import { GRID, gridPicture } from './gridPicture.js';
import type { Look, PairNetwork, Question } from './pairNetwork.js';

const size = { width: GRID, height: GRID };
const picture = (x: number, y: number) => gridPicture(shot(size, 4, translationHomography(x, y)), 1);
const [previous, current] = (await Promise.all([picture(0, 0), picture(30, 4)])).map((one, key) => ({
  key,
  picture: one,
}));
const shifted = (x: number, y: number) => Float32Array.of(x, y, x, y, x, y, x, y);
const said = (x: number, y: number, spread: number): Look => ({ corners: [shifted(x, y)], spread, spreads: [spread] });
const evidence = (look: Look) => weigh(previous.picture, current.picture, look);

/** A network whose basin is half as wide as the motion: it finds the truth from where that is near, else it stays where it starts. */
function nearsighted(asked: Question[]): PairNetwork {
  return {
    provider: 'cpu',
    guided: true,
    async look(questions) {
      asked.push(...questions);
      return questions.map(({ previous: from, start }) => {
        const way = from === previous ? 1 : -1;
        const near = Math.hypot(start[0] - 30 * way, start[1] - 4 * way) < 15;
        return near ? said(30 * way, 4 * way, 0.05) : said(start[0], start[1], 3);
      });
    },
    async warmup() {},
    forget() {},
    async close() {},
  };
}

test('a truth that two looks agree on ends the search', async () => {
  const asked: Question[] = [];
  const found = await furtherLooks(
    nearsighted(asked),
    [previous, current],
    evidence(said(0, 0, 3)),
    { x: 28, y: 4, likeness: 0.8 },
    translationHomography(25, 0),
  );
  expect(found.look.corners[0]).toEqual(shifted(30, 4));
  // Backward, and from the guess, the way back, and the shift.
  expect(asked.length).toBe(4);
  expect(asked[0]).toMatchObject({ previous: current, current: previous, start: cornersAtRest() });
});

test('without agreement eight more shifts are tried', async () => {
  const asked: Question[] = [];
  const none = { x: 0, y: 0, likeness: 0 };
  const found = await furtherLooks(
    nearsighted(asked),
    [previous, current],
    evidence(said(-5, 40, 3)),
    none,
    identityHomography(),
  );
  expect(found.look.corners[0]).toEqual(shifted(30, 4));
  expect(asked.length).toBe(2 + 8);
  expect(found.confidence).toBeGreaterThan(0.9);
});

test('votes, likeness and expected error decide together', () => {
  const [right, wrong] = [evidence(said(30, 4, 0.2)), evidence(said(-20, 30, 0.2))];
  expect(bestOf([wrong, right])).toMatchObject({ evidence: right, votes: 1 });
  // A pattern that repeats is nearly as alike where it fits wrongly, and more looks may end there.
  const repeated: Evidence = { ...wrong, inlierLikeness: 0.85 };
  const exact: Evidence = { ...right, inlierLikeness: 0.98 };
  expect(bestOf([repeated, repeated, repeated, exact]).evidence).toBe(exact);
  const unlike: Evidence = { ...right, inlierLikeness: 0.8 };
  expect(bestOf([unlike, repeated, repeated])).toMatchObject({ evidence: repeated, votes: 2 });
  expect(bestOf([evidence({ corners: [new Float32Array(8).fill(Number.NaN)] }), unlike]).evidence).toBe(unlike);
});

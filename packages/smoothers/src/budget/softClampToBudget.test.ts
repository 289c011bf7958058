import { attenuateToBudget, cropBudget, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { handheldPath } from '../../test/handheldPath.js';
import { localLinear } from '../signal/localLinear.js';
import { correctionLimits } from './correctionLimits.js';
import { softClampToBudget } from './softClampToBudget.js';

const SIZE = PARAMETERS_PER_FRAME;
const path = handheldPath({ seconds: 20, framesPerSecond: 30 });
const budget = cropBudget(path.size, 0.05);
const constraints = correctionLimits(budget);

function thirdDifferenceRms(p: Float64Array): number {
  let sum = 0;
  for (let at = 3 * SIZE; at < p.length; at++) {
    sum += (p[at] - 3 * p[at - SIZE] + 3 * p[at - 2 * SIZE] - p[at - 3 * SIZE]) ** 2;
  }
  return Math.sqrt(sum / p.length);
}

describe('softClampToBudget', () => {
  it('keeps the budget with far less jitter than fading the corrections does', async () => {
    const smooth = localLinear(path.times, path.parameters, 1);
    const bent = softClampToBudget(path.times, path.parameters, smooth, constraints, 0.6);
    const last = attenuateToBudget(path, { ...path, parameters: bent }, budget);
    const faded = attenuateToBudget(path, { ...path, parameters: smooth }, budget);
    expect(thirdDifferenceRms(last.parameters)).toBeLessThan(0.02 * thirdDifferenceRms(faded.parameters));
  });

  it('leaves nothing for attenuateToBudget to do', async () => {
    const smooth = localLinear(path.times, path.parameters, 1);
    const bent = softClampToBudget(path.times, path.parameters, smooth, constraints, 0.6);
    const { parameters } = attenuateToBudget(path, { ...path, parameters: bent }, budget);
    parameters.forEach((value, k) => {
      expect(Math.abs(value - bent[k])).toBeLessThan(1e-9);
    });
  });

  it('gives a path within the budget back as it is', async () => {
    const smooth = path.parameters.map((value) => value + 0.1);
    expect(softClampToBudget(path.times, path.parameters, smooth, constraints, 0.6)).toBe(smooth);
  });
});

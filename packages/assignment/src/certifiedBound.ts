import { GimbalError } from '@gimbal/core';

/**
 * What prices prove: no assignment of these costs, each column serving at most `capacity` rows, costs less than this. It is the dual value
 * Σᵢ minⱼ (cᵢⱼ + pⱼ) − capacity · Σⱼ pⱼ, rounded up to a whole number because costs are; true for any prices that are not negative, so
 * that it checks a solver without trusting it.
 * @param costs Row-major, rows × prices.length; penalties of a stay written into it.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a negative price or costs that are no whole rows.
 */
export function certifiedBound(costs: Int32Array, prices: Float64Array, capacity = 1): number {
  const columns = prices.length;
  if (columns === 0 || costs.length === 0 || costs.length % columns !== 0) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Costs must be whole rows of ${columns} numbers, received ${costs.length}.`,
    );
  }
  let dual = 0;
  for (let start = 0; start < costs.length; start += columns) {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < columns; j++) least = Math.min(least, costs[start + j] + prices[j]);
    dual += least;
  }
  let total = 0;
  for (const price of prices) {
    if (!(price >= 0))
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `A price must not be negative, received ${price}.`);
    total += price;
  }
  // Prices are sums of powers of two; what a million of them may lose by rounding is far less than this.
  return Math.ceil(dual - capacity * total - 1e-4) + 0; // no negative zero
}

// The shortest curve through a tube, found in one pass.

/** One side of the funnel: indices of a convex (upper) or concave (lower) chain, in a ring that only moves forward. */
interface Chain {
  readonly indices: Int32Array;
  first: number;
  last: number;
}

/**
 * The taut string: of all functions that pass between `lower` and `upper` at every time, the shortest one. It minimises the total
 * variation of its own slope's primitive exactly, in one pass and O(n) (funnel algorithm; Davies and Kovac 2001; the direct solver of
 * total-variation denoising in Condat 2013 is the same string for a tube of constant width). The string is pinned at both ends, where
 * `lower` and `upper` must be equal, and straight between the points where it touches the tube.
 *
 * @returns One value per time.
 */
export function tautString(times: Float64Array, lower: Float64Array, upper: Float64Array): Float64Array {
  const n = times.length;
  const string = new Float64Array(n);
  if (n === 0) return string;
  let apex = 0;
  let apexValue = lower[0];
  string[0] = apexValue;
  const above: Chain = { indices: new Int32Array(n), first: 0, last: -1 };
  const below: Chain = { indices: new Int32Array(n), first: 0, last: -1 };

  const moveApex = (to: number, value: number): void => {
    const slope = (value - apexValue) / (times[to] - times[apex]);
    for (let i = apex + 1; i < to; i++) string[i] = apexValue + slope * (times[i] - times[apex]);
    string[to] = value;
    apex = to;
    apexValue = value;
  };
  /** `sign` is 1 for the upper side and −1 for the lower one, which is the upper one upside down. */
  const add = (
    i: number,
    own: Chain,
    bound: Float64Array,
    other: Chain,
    otherBound: Float64Array,
    sign: number,
  ): void => {
    const slopeTo = (k: number, values: Float64Array, from: number, fromValue: number): number =>
      (sign * (values[k] - fromValue)) / (times[k] - times[from]);
    while (own.last >= own.first) {
      const end = own.indices[own.last];
      const before = own.last > own.first ? own.indices[own.last - 1] : apex;
      const beforeValue = own.last > own.first ? bound[before] : apexValue;
      if (slopeTo(i, bound, before, beforeValue) > slopeTo(end, bound, before, beforeValue)) break;
      own.last--;
    }
    if (own.last < own.first) {
      // Nothing of this side is left between the apex and i: the other side may stand in the way of the straight line.
      while (other.last >= other.first) {
        const next = other.indices[other.first];
        if (next >= i || slopeTo(next, otherBound, apex, apexValue) <= slopeTo(i, bound, apex, apexValue)) break;
        moveApex(next, otherBound[next]);
        other.first++;
      }
      own.first = 0;
      own.last = -1;
    }
    own.indices[++own.last] = i;
  };

  for (let i = 1; i < n; i++) {
    add(i, above, upper, below, lower, 1);
    add(i, below, lower, above, upper, -1);
  }
  if (apex < n - 1) moveApex(n - 1, upper[n - 1]);
  return string;
}

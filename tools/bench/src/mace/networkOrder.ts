/** Corner numbers in the order that networks and the training tools use (top left, top right, bottom left, bottom right). */
const ORDER = [0, 1, 3, 2];

/**
 * Swaps the last two of four corners (x, y each): turns top left, top right, bottom right, bottom left into the networks' top left, top
 * right, bottom left, bottom right, and back.
 */
export function swapBottomCorners(corners: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 8 }, (_, i) => corners[2 * ORDER[i >> 1] + (i & 1)]);
}

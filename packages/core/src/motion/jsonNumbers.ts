/** Finite numbers as a JSON list from which every double comes back bit for bit: JSON.stringify would lose the sign of −0. */
export function exactNumbers(numbers: ArrayLike<number>): string {
  return `[${Array.from(numbers, (number) => (Object.is(number, -0) ? '-0' : String(number))).join(',')}]`;
}

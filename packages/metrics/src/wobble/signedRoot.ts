/** The root of an energy that noise may have made negative. */
export function signedRoot(energy: number): number {
  return Math.sign(energy) * Math.sqrt(Math.abs(energy));
}

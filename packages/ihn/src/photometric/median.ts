/** The middle one of some numbers, the upper one of two; NaN of none. */
export function median(values: Float32Array): number {
  return values.length === 0 ? Number.NaN : values.slice().sort()[values.length >> 1];
}

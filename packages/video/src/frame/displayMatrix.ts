const WORDS = 9;

/**
 * Degrees, clockwise, by which a display matrix turns the picture (FFmpeg's `av_display_rotation_get`, with the sign that players
 * show): nine little-endian 32-bit words, 16.16 fixed point, row by row. 0 without a matrix or with a degenerate one.
 */
export function rotationOf(block: Uint8Array | undefined): number {
  if (block === undefined || block.byteLength < WORDS * 4) return 0;
  const view = new DataView(block.buffer, block.byteOffset, WORDS * 4);
  const at = (i: number) => view.getInt32(i * 4, true) / 65536;
  const scaleX = Math.hypot(at(0), at(3));
  const scaleY = Math.hypot(at(1), at(4));
  if (scaleX === 0 || scaleY === 0) return 0;
  const degrees = (Math.atan2(-at(1) / scaleY, at(0) / scaleX) * 180) / Math.PI;
  const clockwise = Math.round((360 - degrees) % 360);
  return clockwise === 360 ? 0 : clockwise;
}

/** The display matrix for a turn by so many degrees clockwise (FFmpeg's `av_display_rotation_set`). */
export function displayMatrix(clockwise: number): Uint8Array {
  const angle = (clockwise * Math.PI) / 180;
  const fixed = (value: number) => Math.round(value * 65536);
  const cos = fixed(Math.cos(angle));
  const sin = fixed(Math.sin(angle));
  const words = [cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30];
  const block = new Uint8Array(WORDS * 4);
  const view = new DataView(block.buffer);
  for (const [i, word] of words.entries()) view.setInt32(i * 4, word, true);
  return block;
}

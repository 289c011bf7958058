/** The order of one part's pictures. */
export interface PictureOrder {
  /** Time stamps in the order of showing. */
  readonly shown: readonly bigint[];
  /** The same in the order of decoding. */
  readonly decoded: readonly bigint[];
  /** Packets that the part's encoder wants decoded before the first picture is shown. */
  readonly delay: number;
}

/**
 * When the packets of joined parts are decoded, in ticks and in their order: each as many pictures before it is shown as the parts' encoder
 * needs to put them in order. This is x264's rule for one run: packet i is decoded when picture i − delay is shown; the first ones
 * as much earlier as the pictures at the start lie apart.
 * @param shown Of all parts, increasing.
 */
export function decodeTimes(shown: readonly bigint[], parts: readonly PictureOrder[]): bigint[] {
  const needed = Math.max(...parts.map(delayOf));
  const delay = Math.min(needed, shown.length - 1);
  const lead = shown[delay] - shown[0];
  return shown.map((pts, i) => (i < delay ? pts - lead : shown[i - delay]));
}

function delayOf({ shown, decoded, delay }: PictureOrder): number {
  const places = new Map(shown.map((pts, place) => [pts, place]));
  return decoded.reduce((most, pts, i) => Math.max(most, i - (places.get(pts) ?? i)), delay);
}

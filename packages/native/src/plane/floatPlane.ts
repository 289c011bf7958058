/** A rectangle of float32 samples, rows without gaps. 8-bit black to white is 0..255, deeper samples are scaled to that. */
export interface FloatPlane {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** An empty plane. */
export function floatPlane(width: number, height: number): FloatPlane {
  return { data: new Float32Array(width * height), width, height };
}

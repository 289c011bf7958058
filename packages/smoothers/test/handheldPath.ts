import { type CameraPath, PARAMETERS_PER_FRAME, type Size } from '@gimbal/core';

export interface HandheldOptions {
  readonly seconds: number;
  readonly framesPerSecond: number;
  readonly size?: Size;
  /** 1 is a hand-held camera of a walking person. */
  readonly shake?: number;
  /** Variable frame rate: every time stamp is moved by up to this share of a frame. */
  readonly unevenness?: number;
}

/** Largest amplitudes of the parameters at 640 pixels wide: pan and walk, hand, in pixels. */
const WALK = [4, 6, 2, 1, 0.1, 0.1, 0.1, 0.1];
const HAND = [5, 4, 2, 0.8, 0.1, 0.1, 0.15, 0.15];
const PAN = [25, 5, 0, 3, 0, 0, 0, 0];

/**
 * A continuous camera movement, sampled: a slow pan that speeds up and slows down, walking bounce near 2 Hz with its harmonic, and hand
 * shake from 1 to 8 Hz whose strength wanders. The same function of time at any frame rate.
 */
export function handheldPath(options: HandheldOptions): CameraPath {
  const { seconds, framesPerSecond, size = { width: 640, height: 360 }, shake = 1, unevenness = 0 } = options;
  const n = Math.max(1, Math.round(seconds * framesPerSecond));
  const times = Float64Array.from(
    { length: n },
    (_, i) => (i + unevenness * 0.5 * Math.sin(12.9898 * i * i)) / framesPerSecond,
  );
  const parameters = new Float64Array(n * PARAMETERS_PER_FRAME);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < PARAMETERS_PER_FRAME; j++) {
      parameters[i * PARAMETERS_PER_FRAME + j] = (size.width / 640) * movement(times[i], j, shake);
    }
  }
  return { size, times, parameters, confidence: new Float64Array(n).fill(1) };
}

function movement(t: number, j: number, shake: number): number {
  const pan = PAN[j] * (t + 3 * Math.sin(0.35 * t));
  const walk = WALK[j] * (Math.sin(2 * Math.PI * 0.95 * t + j) + 0.5 * Math.sin(2 * Math.PI * 1.9 * t + 2 * j));
  let hand = 0;
  for (let k = 1; k <= 12; k++) {
    const frequency = 0.9 + 0.6 * k + 0.05 * Math.sin(7 * k + 3 * j);
    const swell = 0.6 + 0.4 * Math.sin(2 * Math.PI * (0.05 + 0.013 * k) * t + 5 * k + j);
    hand += (swell / k) * Math.sin(2 * Math.PI * frequency * t + 1.7 * k * k + 2.3 * j);
  }
  return pan + shake * (walk + HAND[j] * hand);
}

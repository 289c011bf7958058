// Constant-velocity Kalman filter and Rauch-Tung-Striebel smoother over irregular times.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import { sampleDurations } from './sampleDurations.js';

const LEAST_CONFIDENCE = 0.02;
const DIFFUSE = 1e8;

/**
 * Constant-velocity Kalman filter and Rauch-Tung-Striebel smoother (Rauch, Tung and Striebel 1965; Särkkä 2013, chapter 8), with
 * white-noise acceleration integrated exactly over irregular time steps. The process noise is `tau^-4` and the measurement noise of a
 * sample is one over the seconds that it stands for and over its confidence, so that an oscillation of angular frequency ω is
 * multiplied by 1 / (1 + (ω tau)⁴) at any frame rate. All eight parameters share the covariances.
 *
 * @param values `times.length × 8` numbers. @param tau Seconds.
 */
export function rtsSmoothing(
  times: Float64Array,
  values: Float64Array,
  confidence: Float64Array,
  tau: number,
): Float64Array {
  const n = times.length;
  const size = PARAMETERS_PER_FRAME;
  const result = Float64Array.from(values);
  if (n < 3 || !(tau > 0)) return result;
  const durations = sampleDurations(times);
  const density = tau ** -4;
  // Position and velocity relative to the straight line between the ends: a linear pan is all zeros, whatever the prior says.
  const duration = times[n - 1] - times[0];
  const slopes = new Float64Array(size);
  for (let j = 0; j < size; j++) slopes[j] = (values[(n - 1) * size + j] - values[j]) / duration;
  const position = new Float64Array(n * size);
  const velocity = new Float64Array(n * size);
  /** Filtered covariance, three numbers per frame: position, both, velocity. */
  const covariance = new Float64Array(n * 3);

  let p = DIFFUSE * Math.max(tau, duration);
  let pv = 0;
  let v = p / tau ** 2;
  for (let i = 0; i < n; i++) {
    const dt = i > 0 ? times[i] - times[i - 1] : 0;
    p += dt * (2 * pv + dt * v) + (density * dt ** 3) / 3;
    pv += dt * v + (density * dt ** 2) / 2;
    v += density * dt;
    const noise = 1 / (durations[i] * Math.max(LEAST_CONFIDENCE, confidence[i]));
    const gain = p / (p + noise);
    const velocityGain = pv / (p + noise);
    for (let j = 0; j < size; j++) {
      const at = i * size + j;
      const measured = values[at] - values[j] - slopes[j] * (times[i] - times[0]);
      const lastVelocity = i > 0 ? velocity[at - size] : 0;
      const predicted = i > 0 ? position[at - size] + dt * lastVelocity : 0;
      position[at] = predicted + gain * (measured - predicted);
      velocity[at] = lastVelocity + velocityGain * (measured - predicted);
    }
    v -= velocityGain * pv;
    pv *= noise / (p + noise);
    p *= noise / (p + noise);
    covariance[3 * i] = p;
    covariance[3 * i + 1] = pv;
    covariance[3 * i + 2] = v;
  }

  for (let i = n - 2; i >= 0; i--) {
    const dt = times[i + 1] - times[i];
    p = covariance[3 * i];
    pv = covariance[3 * i + 1];
    v = covariance[3 * i + 2];
    // Predicted covariance of the next frame, and the smoother gain P Fᵀ P⁻ of this one.
    const nextP = p + dt * (2 * pv + dt * v) + (density * dt ** 3) / 3;
    const nextPv = pv + dt * v + (density * dt ** 2) / 2;
    const nextV = v + density * dt;
    const determinant = nextP * nextV - nextPv * nextPv;
    const a = p + dt * pv;
    const b = pv + dt * v;
    const g00 = (a * nextV - pv * nextPv) / determinant;
    const g01 = (pv * nextP - a * nextPv) / determinant;
    const g10 = (b * nextV - v * nextPv) / determinant;
    const g11 = (v * nextP - b * nextPv) / determinant;
    for (let j = 0; j < size; j++) {
      const at = i * size + j;
      const dp = position[at + size] - position[at] - dt * velocity[at];
      const dv = velocity[at + size] - velocity[at];
      position[at] = position[at] + g00 * dp + g01 * dv;
      velocity[at] = velocity[at] + g10 * dp + g11 * dv;
    }
  }

  for (let i = 0; i < n; i++) {
    for (let j = 0; j < size; j++) {
      result[i * size + j] = position[i * size + j] + values[j] + slopes[j] * (times[i] - times[0]);
    }
  }
  return result;
}

// What the test of browser bundles bundles: something real with each package that says it runs in a browser, and all of their public names, so
// that no bundler may leave anything out.
import * as core from '@gimbal/core';
import * as geometry from '@gimbal/core/geometry';
import * as metrics from '@gimbal/metrics';
import * as smoothers from '@gimbal/smoothers';

/** The same figures wherever it runs; everything exact or rounded, so that engines may differ in their last digits. */
export async function figures() {
  const size = { width: 640, height: 360 };
  const frames = 90;
  const times = Float64Array.from({ length: frames }, (_, i) => i / 30);
  const parameters = Float64Array.from({ length: 8 * frames }, (_, i) => (i % 8 < 2 ? 6 * Math.sin(i * i) : 0));
  const path = { size, times, parameters, confidence: new Float64Array(frames).fill(1) };
  const budget = core.cropBudget(size, 0.1);
  const steady = {};
  for (const name of ['gaussian', 'kalman-rts', 'l1-tv', 'l1-optimal']) {
    const { parameters: smooth } = await smoothers.createSmoother(name).smooth(path, budget);
    steady[name] = Math.round(10 * Math.hypot(...smooth));
  }
  const shifts = Array.from({ length: 30 }, (_, i) => geometry.translationHomography(i % 3, -(i % 2)));
  return {
    corner: geometry.cornerError(geometry.translationHomography(3, 4), geometry.translationHomography(0, 0), size),
    jitter: Math.round(1e6 * metrics.cornerJitter(shifts, size)),
    steady,
    error: new core.GimbalError('GIMBAL_E_CONFIG', 'a test').code,
    names: [core, geometry, smoothers, metrics].map((names) => Object.keys(names).length),
  };
}

if (globalThis.document !== undefined) {
  const say = (text) => {
    document.body.textContent = text;
  };
  figures().then(
    (found) => say(JSON.stringify(found)),
    (error) => say(String(error?.stack ?? error)),
  );
}

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyze, type CameraPath, shotPath, shotsOf } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { writeSyntheticClip } from '@gimbal/fixtures';
import { openVideo } from '@gimbal/video';
import { stabilizeFile } from './gimbal.js';
import { root, workFile } from './places.js';
import type { Verdict } from './results.js';

const WIDTH = 860;
const PANEL = 130;
const MARGIN = { left: 64, right: 16, top: 34, gap: 14, bottom: 36 };
const PANELS = [
  { title: 'x, px', parameter: 0 },
  { title: 'y, px', parameter: 1 },
  { title: 'roll, px', parameter: 2 },
] as const;

/**
 * The picture of the README: the camera path of the synthetic clip and of what `gimbal stabilize` made of it, both measured on the
 * decoded files. Writes `docs/camera-path.svg`.
 */
export async function picture(): Promise<Verdict[]> {
  const shaky = workFile('picture', 'shaky.mp4');
  const steady = workFile('picture', 'steady.mp4');
  // One depth: with two, a single homography per frame has no true value to be drawn.
  await writeSyntheticClip(shaky, { parallax: 0 });
  await stabilizeFile(shaky, steady, []);
  const target = path.join(root, 'docs/camera-path.svg');
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, drawPaths(await pathOf(shaky), await pathOf(steady)));
  console.log(`Wrote ${target}`);
  return [];
}

/** The camera path of a file's first shot, measured on its pixels. */
async function pathOf(file: string): Promise<CameraPath> {
  const source = await openVideo(file);
  const estimator = await createClassicalEstimator();
  try {
    const motion = await analyze({ source, estimator });
    return shotPath(motion, shotsOf(motion)[0]).path;
  } finally {
    await estimator.dispose?.();
    await source.close();
  }
}

/** Three curves, one above the other, each with both paths. */
export function drawPaths(before: CameraPath, after: CameraPath): string {
  const height = MARGIN.top + PANELS.length * (PANEL + MARGIN.gap) + MARGIN.bottom;
  const end = before.times[before.times.length - 1];
  const x = (time: number): number => MARGIN.left + (time / end) * (WIDTH - MARGIN.left - MARGIN.right);
  const panels = PANELS.map(({ title, parameter }, index) => {
    const top = MARGIN.top + index * (PANEL + MARGIN.gap);
    const series = [before, after].map(({ parameters }) => parameters.filter((_, i) => i % 8 === parameter));
    // Both sums start at zero; only their shapes can be compared, so the steady one is laid through the middle of the other.
    const offset = mean(series[0]) - mean(series[1]);
    series[1] = series[1].map((value) => value + offset);
    const low = Math.min(...series.flatMap((values) => [...values]));
    const high = Math.max(...series.flatMap((values) => [...values]));
    const y = (value: number): number => top + PANEL - 6 - ((value - low) / (high - low || 1)) * (PANEL - 12);
    const line = (path: CameraPath, values: Float64Array, style: string): string =>
      `<polyline fill="none" ${style} points="${Array.from(values, (value, i) => `${x(path.times[i]).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`;
    return [
      `<rect x="${MARGIN.left}" y="${top}" width="${WIDTH - MARGIN.left - MARGIN.right}" height="${PANEL}" fill="#fafafa" stroke="#ddd"/>`,
      `<text x="${MARGIN.left - 8}" y="${top + PANEL / 2}" text-anchor="end">${title}</text>`,
      `<text x="${MARGIN.left - 8}" y="${top + 12}" text-anchor="end" fill="#888">${high.toFixed(0)}</text>`,
      `<text x="${MARGIN.left - 8}" y="${top + PANEL - 3}" text-anchor="end" fill="#888">${low.toFixed(0)}</text>`,
      line(before, series[0], 'stroke="#9aa0a6" stroke-width="1"'),
      line(after, series[1], 'stroke="#d6336c" stroke-width="2"'),
    ].join('\n');
  });
  const seconds = Array.from(
    { length: Math.floor(end) + 1 },
    (_, s) => `<text x="${x(s).toFixed(1)}" y="${height - 16}" text-anchor="middle" fill="#888">${s} s</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    '<title>Camera path of a synthetic clip, as filmed and after gimbal stabilize</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="20" fill="#5f6368">camera path as filmed</text>`,
    `<text x="${MARGIN.left + 150}" y="20" fill="#d6336c">after gimbal stabilize</text>`,
    ...panels,
    ...seconds,
    '</svg>\n',
  ].join('\n');
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

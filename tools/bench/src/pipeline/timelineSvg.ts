import type { Span } from './timeline.js';
import { stagesOf } from './timelineText.js';

const WIDTH = 960;
const LABEL = 90;
const ROW = 26;
const TOP = 30;
const COLORS: Record<string, string> = {
  decode: '#4c78a8',
  upload: '#72b7b2',
  copy: '#72b7b2',
  estimate: '#54a24b',
  warp: '#eeca3b',
  download: '#f58518',
  encode: '#b279a2',
};

/** A picture of a stretch of time: a row for each stage, a bar for each time that it worked. */
export function timelineSvg(spans: readonly Span[], from: number, to: number, title: string): string {
  const stages = stagesOf(spans);
  const x = (time: number) => LABEL + ((time - from) / (to - from)) * (WIDTH - LABEL - 10);
  const bars = spans
    .filter(({ start, end }) => end > from && start < to)
    .map(({ stage, start, end }) => {
      const [left, right] = [x(Math.max(start, from)), x(Math.min(end, to))];
      const top = TOP + stages.indexOf(stage) * ROW + 4;
      const place = `x="${left.toFixed(2)}" y="${top}" width="${Math.max(right - left, 0.4).toFixed(2)}" height="${ROW - 8}"`;
      return `<rect ${place} fill="${COLORS[stage] ?? '#888'}" fill-opacity="0.75"/>`;
    });
  const labels = stages.map(
    (stage, row) => `<text x="8" y="${TOP + row * ROW + ROW / 2 + 4}" fill="#333">${stage}</text>`,
  );
  const height = TOP + stages.length * ROW + 26;
  const ticks = Array.from({ length: 6 }, (_, i) => from + ((to - from) * i) / 5).map((time, i) => {
    const label = `${(time - from).toFixed(1)} ms`;
    return `<text x="${x(time).toFixed(1)}" y="${height - 8}" text-anchor="${i === 5 ? 'end' : 'middle'}" fill="#888">${label}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="18" fill="#333">${title}</text>`,
    ...labels,
    ...bars,
    ...ticks,
    '</svg>\n',
  ].join('\n');
}

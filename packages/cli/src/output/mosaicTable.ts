import type { MosaicSummary } from '@gimbal/pipeline/parts';
import { outputName } from './outputName.js';
import { textTable } from './textTable.js';

const percent = (share: number, digits: number): string => `${(100 * share).toFixed(digits)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** The summary of a mosaic for a person. */
export function mosaicTable(summary: MosaicSummary): string {
  const { grid, tiles, seconds, gap, bytes } = summary;
  const perFrame = (total: number): string => `${((1000 * total) / Math.max(1, summary.frames)).toFixed(1)} ms`;
  const rows = [
    ['Tiles', `${tiles.count}, of which ${tiles.shown} were seen; ${tiles.duplicates} near duplicates left out`],
    [
      'Cells that changed',
      `${percent(summary.churn, 2)} a frame; ${percent(summary.needlessChurn, 2)} of those whose content did not`,
    ],
    ['Distance', `${summary.distance.toFixed(4)} (Oklab); at most ${percent(gap.worst, 3)} above the least possible`],
    ['Cuts, repeated frames', `${summary.cuts}, ${summary.repeatedFrames}`],
    ...(bytes.output === undefined ? [] : [['Size', sizeText(bytes.output, bytes.input)]]),
    [
      'Speed',
      `${summary.framesPerSecond.toFixed(1)} frames/s (features ${perFrame(seconds.features)}, assignment ${perFrame(seconds.assignment)}, picture ${perFrame(seconds.picture)})`,
    ],
  ];
  return `${outputName(summary.output)}  ${grid.cols}×${grid.rows} cells, ${summary.frames} frames\n${textTable(rows, 'll')}`;
}

function sizeText(output: number, input: number | undefined): string {
  const size = megabytes(output);
  return input === undefined ? size : `${size}, ${(output / Math.max(1, input)).toFixed(1)} times the input's`;
}

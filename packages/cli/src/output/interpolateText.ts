import type { InterpolateSummary } from '@gimbal/pipeline';
import { outputName } from './outputName.js';
import { textTable } from './textTable.js';

const rate = (value: number): string => String(Math.round(value * 1000) / 1000);

/** The summary of an interpolation for a person. */
export function interpolateText({
  output,
  interpolator,
  frameRate,
  slow,
  frames,
  ...rest
}: InterpolateSummary): string {
  const speed = slow === 1 ? '' : `, ${rate(slow)} times slower`;
  const rows = [
    ['Frame rate', `${rate(frameRate.input)} → ${rate(frameRate.output)} a second${speed}`],
    ['Frames', `${frames.written}: ${frames.kept} as filmed, ${frames.made} made (${interpolator})`],
    [
      'Otherwise',
      `${frames.camera} by the camera's motion alone, ${frames.nearest} repeat the nearest (${frames.atCuts} at cuts, ${frames.atEnd} at the end)`,
    ],
    ['Confidence', frames.confidence.toFixed(3)],
    ...(frames.repeats > 0 ? [['Repeated frames', `${frames.repeats} left out`]] : []),
    ['Speed', `${rest.framesPerSecond.toFixed(1)} frames/s`],
  ];
  return `${outputName(output)}  ${frames.written} frames\n${textTable(rows, 'll')}`;
}

import type { ClipSteadiness, Evaluation } from '@gimbal/metrics';

/** An evaluation as the rows of a table: what it is, before, after. */
export function evaluationRows(evaluation: Evaluation): string[][] {
  const { original, stabilized, distortion, borders, frames } = evaluation;
  const both = (label: string, pick: (clip: ClipSteadiness) => string) => [label, pick(original), pick(stabilized)];
  return [
    ['', 'original', 'stabilized'],
    both('stability (bundled-min)', ({ stability }) => score(stability.bundledMin)),
    both('stability (dif2021)', ({ stability }) => score(stability.dif2021)),
    both('jitter, median [px]', ({ jitter }) =>
      jitter.status === 'measured' ? jitter.median.toFixed(3) : jitter.status,
    ),
    both('jitter, rms [px]', ({ jitter }) => (jitter.status === 'measured' ? jitter.rms.toFixed(3) : jitter.status)),
    ['cropping', '', frames.matched > 0 ? evaluation.cropping.toFixed(3) : 'not matched'],
    [
      'distortion (least, 5 %)',
      '',
      frames.matched > 0
        ? `${distortion.eigenvalue.min.toFixed(3)}, ${distortion.eigenvalue.p5.toFixed(3)}`
        : 'not matched',
    ],
    ['frames with black border', '', `${(100 * borders.frameShare).toFixed(borders.frameShare > 0 ? 1 : 0)} %`],
    ['frames matched', '', `${frames.matched}/${frames.original}`],
  ];
}

/** Figures that a clip does not have are named, never shown as perfect. */
function score(stability: ClipSteadiness['stability']['dif2021']): string {
  return stability.status === 'measured' ? stability.score.toFixed(3) : stability.status;
}

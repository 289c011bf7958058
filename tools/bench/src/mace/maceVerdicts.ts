import type { Verdict } from '../results.js';
import type { MaceFigures } from './maceFigures.js';
import type { MaceResults, MeasuredRow } from './maceResults.js';

/** Names of the rows that verdicts speak of. */
const OURS = 'ihn';
const REFERENCE = 'reference';
const REGRESSION = 'regression';
const CLASSICAL = ['classical', 'classical-2x', 'sift'];

type Limit = readonly [bin: string, figure: keyof MaceFigures, most: number];

const LIMITS: readonly Limit[] = [
  ['clean-32', 'mean', 0.07],
  ['clean-32', 'median', 0.04],
  ['clean-8', 'mean', 0.03],
  ['clean-2', 'mean', 0.03],
  ['photometric-32', 'median', 0.1],
  ['photometric-32', 'over1', 0.02],
  ['occluder20-32', 'median', 0.06],
  ['occluder20-32', 'p95', 0.25],
  ['blur-8', 'median', 0.4],
  ['lowlight-32', 'median', 0.2],
];

/** Bins in which the learned estimator must beat the classical ones, in mean and median. */
const HARD = /^(blur|lowlight|occluder)/;

/**
 * The project's figures: what the estimator of the row `ihn` answers (its network, judged, and aligned where that is unsure; without the finish
 * at full resolution, which these patches do not have), beside the other networks as their last step says. None while ours has not
 * been measured.
 */
export function maceVerdicts({ rows }: MaceResults): Verdict[] {
  const ours = rows[OURS]?.figures;
  if (ours === undefined) return [];
  const limits = LIMITS.filter(([bin]) => ours[bin] !== undefined).map(
    ([bin, figure, most]): Verdict => ({
      figure: `mace: ${bin} ${figure}`,
      target: `≤ ${most}`,
      measured: ours[bin][figure].toFixed(4),
      reached: ours[bin][figure] <= most,
    }),
  );
  const ratios = (
    [
      [REFERENCE, 12],
      [REGRESSION, 60],
    ] as const
  ).flatMap(([row, times]): Verdict[] => {
    const theirs = byItself(row, rows)?.['clean-32']?.mean;
    const own = ours['clean-32']?.mean;
    if (theirs === undefined || own === undefined) return [];
    return [
      {
        figure: `mace: clean-32 mean, ${row} over ours`,
        target: `≥ ${times}`,
        measured: (theirs / own).toFixed(1),
        reached: theirs >= times * own,
      },
    ];
  });
  return [...limits, ...ratios, ...CLASSICAL.flatMap((row) => beats(row, ours, rows[row]?.figures))];
}

/** The figures of `x@8` of `x`, `x@1` … `x@8`; of `x` itself where no step was traced. */
function byItself(row: string, rows: MaceResults['rows']): MeasuredRow['figures'] | undefined {
  const steps = Object.keys(rows)
    .filter((name) => name.startsWith(`${row}@`))
    .map((name) => Number(name.slice(row.length + 1)));
  return rows[steps.length === 0 ? row : `${row}@${Math.max(...steps)}`]?.figures;
}

function beats(row: string, ours: Readonly<Record<string, MaceFigures>>, theirs: typeof ours | undefined): Verdict[] {
  if (theirs === undefined) return [];
  const bins = Object.keys(ours).filter((bin) => HARD.test(bin) && theirs[bin] !== undefined);
  if (bins.length === 0) return [];
  const lost = bins.filter((bin) => !(ours[bin].mean < theirs[bin].mean && ours[bin].median < theirs[bin].median));
  return [
    {
      figure: `mace: bins of blur, low light and occlusion with a lower mean and median than ${row}`,
      target: `${bins.length} of ${bins.length}`,
      measured: `${bins.length - lost.length} of ${bins.length}${lost.length > 0 ? ` (not ${lost.join(', ')})` : ''}`,
      reached: lost.length === 0,
    },
  ];
}

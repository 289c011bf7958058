import { renderSyntheticClip, writeSyntheticClip } from '@gimbal/fixtures';
import { stabilizeFile } from '../gimbal.js';
import { type BenchOptions, inParallel } from '../options.js';
import { workFile } from '../places.js';
import { type Verdict, writeResults } from '../results.js';
import { printTable } from '../table.js';
import { judgeScene, type SceneFigures } from './judgeScene.js';
import { type TruthScene, truthScenes } from './truthScenes.js';

/** Constant rate factor of the scenes: the encoder should not be what is judged. */
const CRF = 12;

interface Row {
  readonly scene: string;
  readonly ours: SceneFigures;
  /** Through the Gaussian smoother, whose zoom is the measure of what smoothing needs. */
  readonly gaussian: SceneFigures;
}

/** Scenes whose camera path is known: what is left of the shake, whether even motion stays even, and at what zoom. */
export async function truth(options: BenchOptions): Promise<Verdict[]> {
  const chosen = truthScenes.filter(
    ({ name }) => options.clips.length === 0 || options.clips.some((word) => name.includes(word)),
  );
  const rows = await inParallel(options.jobs, chosen, async (scene): Promise<Row> => {
    const input = workFile('truth', `${scene.name}.mp4`);
    await writeSyntheticClip(input, scene.clip, CRF);
    const { truth: steps, intended } = renderSyntheticClip(scene.clip);
    const through = async (...extra: string[]): Promise<SceneFigures> => {
      const output = workFile('truth', `${scene.name}.${extra.at(-1) ?? 'default'}.mkv`);
      await stabilizeFile(input, output, ['--crf', String(CRF), ...options.extra, ...extra]);
      return judgeScene(input, output, steps, intended);
    };
    const row = { scene: scene.name, ours: await through(), gaussian: await through('--smoother', 'gaussian') };
    console.error(`truth: ${scene.name} ${(100 * left(row.ours)).toFixed(2)} % left`);
    return row;
  });
  printTable(
    ['scene', 'shake', 'left', 'left %', 'slowest', 'fastest', 'zoom', 'gaussian: left %', 'zoom'],
    rows.map(({ scene, ours, gaussian }) => [
      scene,
      ours.shakeIn,
      ours.shakeOut,
      (100 * left(ours)).toFixed(2),
      shownSpeed(ours.slowest),
      shownSpeed(ours.fastest),
      ours.zoom,
      (100 * left(gaussian)).toFixed(2),
      gaussian.zoom,
    ]),
  );
  const verdicts = judge(chosen, rows);
  writeResults('truth', verdicts, { rows }, options);
  return verdicts;
}

function left({ shakeIn, shakeOut }: SceneFigures): number {
  return shakeOut / shakeIn;
}

function shownSpeed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : '–';
}

function judge(scenes: readonly TruthScene[], rows: readonly Row[]): Verdict[] {
  const which = (pick: (scene: TruthScene) => boolean): Row[] => rows.filter((_, i) => pick(scenes[i]));
  const worst = (
    figure: string,
    target: string,
    of: readonly Row[],
    value: (row: Row) => number,
    limit: number,
  ): Verdict[] => {
    if (of.length === 0) return [];
    const most = of.reduce((a, b) => (value(b) > value(a) ? b : a));
    const measured = `${value(most).toFixed(3)} (${most.scene})`;
    return [
      { figure: `truth: ${figure}, ${of.length} scenes, worst`, target, measured, reached: value(most) <= limit },
    ];
  };
  const plain = which(({ nuisance, stops }) => !nuisance && !stops);
  return [
    ...worst('share of the shake that is left', '≤ 0.01', plain, ({ ours }) => left(ours), 0.01),
    ...worst(
      'unevenness of even motion',
      '≤ 0.05',
      which(({ even }) => even === true),
      ({ ours }) => Math.max(ours.fastest - 1, 1 - ours.slowest),
      0.05,
    ),
    ...worst(
      'zoom over that of gaussian',
      '≤ 1.1',
      which(({ nuisance }) => !nuisance),
      ({ ours, gaussian }) => ours.zoom / gaussian.zoom,
      1.1,
    ),
    ...worst(
      'overshoot after a stop',
      '≤ 0.03',
      which(({ stops }) => stops === true),
      ({ ours }) => Math.max(ours.fastest - 1, -ours.slowest),
      0.03,
    ),
  ];
}

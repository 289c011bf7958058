import { readFileSync } from 'node:fs';
import { swapBottomCorners } from './networkOrder.js';
import type { Answer, Row } from './row.js';

/** First line of a file of answers. */
export const PREDICTIONS_HEADER = 'bin,index,tlx,tly,trx,try,blx,bly,brx,bry';

/**
 * A row that was computed elsewhere: `NAME=FILE`. The file is CSV with the header above: the bin, the pair's place in it from 0, and how far
 * each corner of first moves (in the networks' order, as the header says), empty where there was no answer. It must answer the
 * first pairs of a bin without a gap; bins that it does not hold are left out of the table. `tools/bench/mace/pack.py` writes it.
 * @throws Error for another form.
 */
export function predictionsRow(text: string): Row {
  const [, name, file] = /^([\w.+-]+)=(.+)$/.exec(text) ?? [];
  if (file === undefined) throw new Error(`Answers are given as NAME=FILE, not as "${text}".`);
  const bins = parsePredictions(readFileSync(file, 'utf8'));
  return {
    async answer(bin) {
      const answers = bins.get(bin.name)?.slice(0, bin.pairs.length);
      return new Map(answers === undefined ? [] : [[name, answers]]);
    },
  };
}

/** Answers of each bin, corners in the table's order. @throws Error naming the line that is wrong. */
export function parsePredictions(text: string): Map<string, Answer[]> {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  if (header !== PREDICTIONS_HEADER) throw new Error(`Answers begin with "${PREDICTIONS_HEADER}", not "${header}".`);
  const bins = new Map<string, Answer[]>();
  for (const [i, line] of lines.entries()) {
    const [bin, index, ...offsets] = line.split(',');
    const answers = bins.get(bin) ?? [];
    bins.set(bin, answers);
    const none = offsets.every((value) => value === '');
    if (offsets.length !== 8 || !(none || offsets.every((value) => value !== '' && Number.isFinite(Number(value))))) {
      throw new Error(`Line ${i + 2} of the answers must hold eight numbers or none, not "${line}".`);
    }
    if (Number(index) !== answers.length) {
      throw new Error(`Line ${i + 2} of the answers must be pair ${answers.length} of ${bin}, not ${index}.`);
    }
    answers.push(none ? undefined : swapBottomCorners(offsets.map(Number)));
  }
  return bins;
}

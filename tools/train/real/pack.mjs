// Packs labelled pairs of real video into one file that travels to the training machine. Needs `npm run build`.
//   node tools/train/real/pack.mjs --clips FOLDER --to .carry/real.npz [--bursts 10] [--only Regular/park.mp4]
// The split into train, held-out and guard clips is the committed list clips.json. The file holds frames of the clips: it is data for
// training, never part of a commit or a package.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cutPairs, GATES } from './cutPairs.mjs';
import { npz } from './npz.mjs';

const { values: options } = parseArgs({
  options: {
    clips: { type: 'string' },
    to: { type: 'string', default: '.carry/real.npz' },
    bursts: { type: 'string', default: '10' },
    only: { type: 'string' },
  },
});
if (!options.clips) {
  console.error('pack expects --clips FOLDER, the folder that holds the categories of clips.json.');
  process.exit(2);
}

/** Frames to train on keep a margin of resolution, so that windows can be cut out of them; the others are exactly what is judged. */
const SIDES = { train: 160, heldOut: 128, guard: 128 };
/** Bursts of clips that only judge, relative to those that train. */
const SHARES = { train: 1, heldOut: 0.7, guard: 0.7 };

const split = JSON.parse(readFileSync(new URL('clips.json', import.meta.url), 'utf8'));
const arrays = {};
let clip = 0;
const names = [];
for (const [part, files] of Object.entries(split)) {
  const side = SIDES[part];
  const frames = [];
  const pairs = [];
  for (const file of files.filter((name) => !options.only || name === options.only)) {
    const bursts = Math.max(1, Math.round(Number(options.bursts) * SHARES[part]));
    const cut = await cutPairs(path.join(options.clips, file), side, bursts);
    const first = frames.length;
    frames.push(...cut.frames);
    pairs.push(...cut.pairs.map((pair) => ({ ...pair, first: first + pair.first, second: first + pair.second, clip })));
    names.push(file);
    clip++;
    const refused = Object.entries(cut.refused).map(([gate, n]) => `${n} by ${gate}`);
    console.error(
      `${part} ${file}: ${cut.pairs.length} of ${cut.tried} pairs, refused ${refused.join(', ') || 'none'}`,
    );
  }
  const name = part.toLowerCase();
  arrays[`${name}_frames`] = { data: differences(frames, side), shape: [frames.length, side, side] };
  arrays[`${name}_pairs`] = column(
    pairs,
    Int32Array,
    ({ first, second, step, clip }) => [first, second, step, clip],
    4,
  );
  arrays[`${name}_homographies`] = column(pairs, Float64Array, ({ homography }) => homography, 9);
  arrays[`${name}_sigma`] = { data: Float32Array.from(pairs, ({ sigma }) => sigma), shape: [pairs.length] };
}
arrays.clips = text(names.join('\n'));
arrays.gates = text(JSON.stringify(GATES));
const bytes = npz(arrays);
mkdirSync(path.dirname(options.to), { recursive: true });
writeFileSync(options.to, bytes);
console.log(`${names.length} clips, ${(bytes.length / 1e6).toFixed(1)} MB in ${options.to}`);

/** Differences along rows, then along columns, modulo 256: a fifth smaller than the pixels themselves once packed. */
function differences(frames, side) {
  const area = side * side;
  const out = new Uint8Array(frames.length * area);
  frames.forEach((frame, n) => {
    const at = (i) => frame[i] - (i % side ? frame[i - 1] : 0);
    for (let i = 0; i < area; i++) out[n * area + i] = at(i) - (i >= side ? at(i - side) : 0);
  });
  return out;
}

function column(rows, Type, valuesOf, width) {
  return { data: Type.from(rows.flatMap((row) => [...valuesOf(row)])), shape: [rows.length, width] };
}

function text(value) {
  const data = new Uint8Array(Buffer.from(value));
  return { data, shape: [data.length] };
}

import type { FrameCost, SizeCosts } from './frameCosts.js';

/** Milliseconds of a frame, estimate and warp together. */
export function totalOf({ estimate, warp }: FrameCost): number {
  return estimate.median + warp.median;
}

/** How many times as long the CPU takes as a device whose frames come from host memory and go back there. */
export function gainOf(costs: SizeCosts): number {
  return totalOf(costs.cpu) / totalOf(costs.cudaFromHost);
}

/** Below this a difference is not worth a device: it may be chance. */
const WORTHWHILE = 1.1;

/** Answers "should I use the GPU at all" in a sentence or two. @param sizes From the smallest picture to the largest. */
export function transfersAnswer(sizes: readonly SizeCosts[], threads: number): string {
  const pays = sizes.filter((size) => gainOf(size) >= WORTHWHILE);
  const cpu = `this CPU with ${threads} thread${threads === 1 ? '' : 's'}`;
  const rest = 'Decoding and encoding come on top on either side.';
  if (pays.length === 0) {
    const stays = sizes.filter((size) => totalOf(size.cpu) >= WORTHWHILE * totalOf(size.cudaOnDevice));
    if (stays.length === 0) return `No: at no size is the GPU faster than ${cpu}. ${rest}`;
    return (
      `Only for frames that are decoded on the GPU (${namesOf(stays)}): brought there from host memory and back, they take as long as with ` +
      `${cpu}, or longer. ${rest}`
    );
  }
  const gains = pays.map(gainOf);
  const [least, most] = [Math.min(...gains), Math.max(...gains)].map((gain) => gain.toFixed(1));
  const times = least === most ? `${least} times` : `${least} to ${most} times`;
  const where =
    pays.length === sizes.length
      ? 'Yes, at every size'
      : `Yes, at ${namesOf(pays)}; not at ${namesOf(sizes.filter((size) => !pays.includes(size)))}`;
  return `${where}: transfers included, the GPU is ${times} as fast as ${cpu}. ${rest}`;
}

function namesOf(sizes: readonly SizeCosts[]): string {
  const names = sizes.map(({ name }) => name);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

// Cost and effect of every smoother on a synthetic hand-held path; prints JSON. Needs `npm run build`.
//   node tools/bench/smoothers.mjs [--frames 100000] [--crop 0.1] [--strength 0.6] [--only gaussian,l1-optimal]
import os from 'node:os';
import { parseArgs } from 'node:util';
import { cropBudget } from '@gimbal/core';
import { createSmoother, smootherNames } from '@gimbal/smoothers';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '100000' },
    crop: { type: 'string', default: '0.1' },
    strength: { type: 'string', default: '0.6' },
    only: { type: 'string', default: smootherNames.join(',') },
  },
});
const SIZE = 8;
const size = { width: 640, height: 360 };

/** Slow pan, walking bounce and hand shake from 1 to 8 Hz, in pixels at 640 wide; 30 frames per second. */
function handheldPath(frames) {
  const pan = [25, 5, 0, 3, 0, 0, 0, 0];
  const walk = [4, 6, 2, 1, 0.1, 0.1, 0.1, 0.1];
  const hand = [5, 4, 2, 0.8, 0.1, 0.1, 0.15, 0.15];
  const times = Float64Array.from({ length: frames }, (_, i) => i / 30);
  const parameters = new Float64Array(frames * SIZE);
  for (let i = 0; i < frames; i++) {
    const turn = 2 * Math.PI * times[i];
    for (let j = 0; j < SIZE; j++) {
      let shake = 0;
      for (let k = 1; k <= 12; k++) {
        const swell = 0.6 + 0.4 * Math.sin((0.05 + 0.013 * k) * turn + 5 * k + j);
        shake += (swell / k) * Math.sin((0.9 + 0.6 * k) * turn + 1.7 * k * k + 2.3 * j);
      }
      const bounce = Math.sin(0.95 * turn + j) + 0.5 * Math.sin(1.9 * turn + 2 * j);
      const wander = pan[j] * (times[i] + 3 * Math.sin(0.35 * times[i]));
      parameters[i * SIZE + j] = wander + walk[j] * bounce + hand[j] * shake;
    }
  }
  return { size, times, parameters, confidence: new Float64Array(frames).fill(1) };
}

function thirdDifferenceRms(parameters) {
  let sum = 0;
  for (let at = 3 * SIZE; at < parameters.length; at++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => parameters[at - k * SIZE]);
    sum += (a - 3 * b + 3 * c - d) ** 2;
  }
  return Math.sqrt(sum / (parameters.length / SIZE));
}

/** Runs `work` and tells the longest time, and the most CPU time, between two turns of the event loop. */
async function watched(work) {
  let last = performance.now();
  let lastCpu = process.cpuUsage();
  let wall = 0;
  let cpu = 0;
  const look = () => {
    const used = process.cpuUsage(lastCpu);
    wall = Math.max(wall, performance.now() - last);
    cpu = Math.max(cpu, (used.user + used.system) / 1000);
    last = performance.now();
    lastCpu = process.cpuUsage();
  };
  const timer = setInterval(look, 1);
  const started = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  look();
  clearInterval(timer);
  return { result, seconds, cpuSeconds: (user + system) / 1e6, longestBlockMs: wall, longestBlockCpuMs: cpu };
}

const path = handheldPath(Number(options.frames));
const budget = cropBudget(size, Number(options.crop));
const smoothers = [];
for (const name of options.only.split(',')) {
  const smoother = createSmoother(name, { strength: Number(options.strength) });
  const { result, ...costs } = await watched(() => smoother.smooth(path, budget));
  smoothers.push({ name, ...costs, thirdDifferenceRms: thirdDifferenceRms(result.parameters) });
}
const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, node: process.version, load: os.loadavg()[0] };
console.log(
  JSON.stringify(
    { machine, ...options, input: { thirdDifferenceRms: thirdDifferenceRms(path.parameters) }, smoothers },
    null,
    2,
  ),
);

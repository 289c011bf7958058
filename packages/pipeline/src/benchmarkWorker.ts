// One run of a benchmark in a process of its own: its processor time and memory are its own alone, and a native crash ends this run only.
// Started by runInWorker.
import { serve } from '@gimbal/worker';
import { measuredRun, type RunOrder } from './benchmark/measuredRun.js';
import { throttled } from './engine/engine.js';

// Ctrl-C on a terminal reaches the whole process group; the benchmark decides what it means and tells.
process.on('SIGINT', () => undefined);

serve({
  run: (order: RunOrder, { signal, onProgress }) => measuredRun(order, throttled(onProgress), signal),
});

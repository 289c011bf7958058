// The thread that smooths the camera's path while the main thread keeps a GPU busy. Started by threadPlan.
import { parentPort, workerData } from 'node:worker_threads';
import { type LookAheadPlan, lookAheadPlan } from '@gimbal/core';
import { errorWords } from '@gimbal/native';
import { createSmoother } from '@gimbal/smoothers';
import { type PlanAnswer, type PlanThreadData, type StretchWords, stretchFrom } from './thread/planMessages.js';

const parent = parentPort;
if (parent === null) throw new Error('planWorker runs as a worker thread only.');
const { smoother, budget, frames } = workerData as PlanThreadData;
let plan: LookAheadPlan | undefined;

function makePlan(): LookAheadPlan {
  const { name, strength } = smoother;
  return lookAheadPlan({ smoother: createSmoother(name, { strength }), budget, frames });
}

async function answerTo(words: StretchWords): Promise<PlanAnswer> {
  try {
    plan ??= makePlan();
    const decided = await plan.decide(stretchFrom(words));
    const corrections = new Float64Array(decided.length * 9);
    for (const [i, correction] of decided.entries()) corrections.set(correction, i * 9);
    return { corrections };
  } catch (error) {
    return { error: errorWords(error) };
  }
}

parent.on('message', async (words: StretchWords) => parent.postMessage(await answerTo(words)));

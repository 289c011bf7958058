// The engine: a thread that runs a whole job, from the decoder to the encoder. Started by runInEngine.
import { type CallContext, serve } from '@gimbal/worker';
import { throttled } from './engine/engine.js';
import { withoutFfmpeg } from './engine/missingFfmpeg.js';
import { buffersOf, packMotion, packPlan } from './engine/packedResult.js';
import type { AnalyzeOrder } from './jobs/analyzeJob.js';
import type { EvaluateOrder } from './jobs/evaluateJob.js';
import type { InterpolateOrder } from './jobs/interpolateJob.js';
import type { JoinOrder } from './jobs/joinJob.js';
import type { PlanOrder } from './jobs/planJob.js';
import type { RenderOrder } from './jobs/renderJob.js';
import type { JobContext } from './jobs/stabilizeJob.js';
import type { StabilizeOrder } from './jobs/stabilizeOrder.js';

const contextOf = ({ signal, onProgress }: CallContext): JobContext => ({ signal, onProgress: throttled(onProgress) });

/** Loaded only now, so that what is missing on this machine fails the call and not the thread. */
async function loaded<Jobs>(load: () => Promise<Jobs>): Promise<Jobs> {
  try {
    return await load();
  } catch (cause) {
    throw withoutFfmpeg(cause) ?? cause;
  }
}

serve(
  {
    async stabilize(order: StabilizeOrder, context) {
      const { stabilizeJob } = await loaded(() => import('./jobs/stabilizeJob.js'));
      const { motion, plan, ...outcome } = await stabilizeJob(order, contextOf(context));
      return { ...outcome, motion: packMotion(motion), plan: packPlan(plan) };
    },
    async analyze(order: AnalyzeOrder, context) {
      const { analyzeJob } = await loaded(() => import('./jobs/analyzeJob.js'));
      const { motion, ...outcome } = await analyzeJob(order, contextOf(context));
      return { ...outcome, motion: packMotion(motion) };
    },
    async plan(order: PlanOrder, context) {
      const { planJob } = await loaded(() => import('./jobs/planJob.js'));
      return packPlan(await planJob(order, contextOf(context)));
    },
    async render(order: RenderOrder, context) {
      const { renderJob } = await loaded(() => import('./jobs/renderJob.js'));
      return renderJob(order, contextOf(context));
    },
    async join(order: JoinOrder, context) {
      const { joinJob } = await loaded(() => import('./jobs/joinJob.js'));
      return joinJob(order, contextOf(context));
    },
    async interpolate(order: InterpolateOrder, context) {
      const { interpolateJob } = await loaded(() => import('./jobs/interpolateJob.js'));
      return interpolateJob(order, contextOf(context));
    },
    async evaluate(order: EvaluateOrder, context) {
      const { evaluateJob } = await loaded(() => import('./jobs/evaluateJob.js'));
      return evaluateJob(order, contextOf(context));
    },
  },
  { transfer: buffersOf },
);

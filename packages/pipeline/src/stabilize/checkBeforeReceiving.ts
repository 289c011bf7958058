import type { StabilizeOrder } from '../jobs/stabilizeOrder.js';
import { checkOnePass } from './checkOnePass.js';
import { checkSideOutputs } from './checkSideOutputs.js';
import { smootherFor } from './smootherFor.js';

/** Refuses what can be refused without the clip, which may take long to come through a pipe. @throws GimbalError as the job itself. */
export async function checkBeforeReceiving(order: StabilizeOrder): Promise<void> {
  const { output, settings } = order;
  checkOnePass(order, settings);
  checkSideOutputs(order, settings.overwrite);
  await smootherFor(settings);
  if (typeof output !== 'string') return;
  const { checkOutput } = await import('@gimbal/video');
  checkOutput(output, { overwrite: settings.overwrite, container: settings.format, codec: settings.codec });
}

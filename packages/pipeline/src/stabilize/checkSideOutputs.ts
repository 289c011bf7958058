// Files that a run writes beside the video: motion and camera trajectory.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type ClipMotion, cameraTrajectory, serializeMotion } from '@gimbal/core';
import { checkOutputFile, writeWhole } from '../checkedOutput.js';
import type { StabilizeOrder } from '../jobs/stabilizeOrder.js';
import { trajectoryColmap } from '../trajectory/trajectoryColmap.js';
import { trajectoryJson } from '../trajectory/trajectoryJson.js';

const COLMAP_NAMES = ['cameras.txt', 'images.txt', 'points3D.txt'];

/** Checks the names of motion and trajectory files at once; what is returned writes them when the run has succeeded. */
export function checkSideOutputs(
  files: Pick<StabilizeOrder, 'input' | 'output' | 'motion' | 'exportMotion' | 'exportTrajectory'>,
  overwrite: boolean,
): (motion: ClipMotion) => Promise<void> {
  const { exportMotion, exportTrajectory, input, output } = files;
  const taken = [input, output, files.motion].filter((file) => typeof file === 'string');
  const asJson = exportTrajectory !== undefined && /\.json$/i.test(exportTrajectory);
  if (exportMotion !== undefined) checkOutputFile(exportMotion, taken, overwrite);
  if (exportTrajectory !== undefined) {
    const alsoTaken = exportMotion === undefined ? taken : [...taken, exportMotion];
    const names = asJson ? [exportTrajectory] : COLMAP_NAMES.map((name) => path.join(exportTrajectory, name));
    // A folder need not exist yet, but the one that it will lie in must.
    if (!asJson && !existsSync(exportTrajectory)) checkOutputFile(path.resolve(exportTrajectory), alsoTaken, overwrite);
    else for (const name of names) checkOutputFile(name, alsoTaken, overwrite);
  }
  return async (motion) => {
    if (exportMotion !== undefined) await writeWhole(exportMotion, serializeMotion(motion));
    if (exportTrajectory === undefined) return;
    const trajectory = cameraTrajectory(motion);
    if (asJson) return writeWhole(exportTrajectory, trajectoryJson(trajectory));
    await mkdir(exportTrajectory, { recursive: true });
    for (const [name, text] of Object.entries(trajectoryColmap(trajectory))) {
      await writeWhole(path.join(exportTrajectory, name), text);
    }
  };
}

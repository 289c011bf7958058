import { GimbalError } from '../errors.js';
import type { RollingShutter } from './rollingShutter.js';

/**
 * A rolling shutter as it stands in a file, with nothing beside what belongs there.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` saying what is wrong.
 */
export function checkRollingShutter(value: unknown): RollingShutter {
  const { readout, uncertainty, axis, corrected, reason } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Record<string, unknown>;
  const numbers = [readout, uncertainty, corrected].every(Number.isFinite);
  if (!numbers || (axis !== 'rows' && axis !== 'columns') || !(reason === undefined || typeof reason === 'string')) {
    throw new GimbalError(
      'GIMBAL_E_MOTION_FILE',
      `"rollingShutter" must give readout, uncertainty and corrected as numbers and the axis rows or columns, not ${JSON.stringify(value)?.slice(0, 60)}.`,
    );
  }
  const [share, sigma, frames] = [readout, uncertainty, corrected] as number[];
  return { readout: share, uncertainty: sigma, axis, corrected: frames, ...(reason !== undefined && { reason }) };
}

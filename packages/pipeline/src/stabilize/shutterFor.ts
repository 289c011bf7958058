import type { ShutterModel } from '@gimbal/core/shutter';
import { rollingShutter } from '@gimbal/smoothers';
import type { Settings } from './settings.js';

/**
 * What looks for a rolling shutter; undefined where nothing does.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a readout out of range.
 */
export function shutterFor({ rollingShutter: readout }: Pick<Settings, 'rollingShutter'>): ShutterModel | undefined {
  return readout === 'off' ? undefined : rollingShutter({ readout });
}

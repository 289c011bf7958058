import { GimbalError } from '@gimbal/core';
import { Frame } from 'node-av/lib';
import { ffmpegReason } from '../ffmpeg/ffmpeg.js';

/** A copy in host memory of a picture that lies on a device, in the same pixel format. The picture given stays the caller's. */
export async function downloadPicture(native: Frame): Promise<Frame> {
  const copy = new Frame();
  copy.alloc();
  const status = await native.hwframeTransferData(copy);
  if (status >= 0) {
    copy.copyProps(native);
    return copy;
  }
  copy.free();
  throw new GimbalError(
    'GIMBAL_E_CUDA',
    `FFmpeg could not fetch a ${native.width}×${native.height} picture from the device: ${ffmpegReason(status)}.`,
  );
}

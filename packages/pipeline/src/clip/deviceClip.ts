import { type FrameSource, type SourceWarning, throwIfAborted } from '@gimbal/core';
import { cudaBridge, type KeptFrames, ThreadFrames } from '@gimbal/native';
import { openVideo, type VideoSource } from '@gimbal/video';
import type { ChosenDecoder, DecodeRequest } from '../thread/decodeMessages.js';
import { startDecodeThread } from '../thread/decodeThread.js';

/** How {@link openDeviceClip} opens a clip. */
export interface DeviceClipOptions extends Omit<DecodeRequest, 'file' | 'once' | 'decoder'> {
  /** `auto`, the default, goes by the machine's cores. */
  readonly decoder?: DecodeRequest['decoder'] | undefined;
  /** Every frame is read once only: none is kept. Default false. */
  readonly once?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A clip whose frames come onto a CUDA device. */
export interface DeviceClip extends FrameSource {
  /**
   * The same file on this thread, which nothing is decoded of unless somebody reads it: what a sink takes everything but the picture from, and
   * the frames in host memory for when the device has failed.
   */
  readonly video: VideoSource;
  readonly device: `cuda:${number}`;
  readonly decoder: ChosenDecoder;
  /** How much of the clip is kept on the device, as of the end of the last pass. */
  readonly kept: KeptFrames;
}

/**
 * Opens a clip so that its frames come onto a CUDA device, and are kept there as far as they fit. All of it is done by a thread of its own:
 * this one only hears where frames lie. Closing the clip closes the file and ends the thread.
 * @throws GimbalError what `openVideo` and `cacheOnDevice` throw; `GIMBAL_E_DEVICE_UNAVAILABLE` for the decoder `nvdec` where it cannot be used;
 * while reading also `GIMBAL_E_DEVICE_LOST` when the thread ends.
 */
export async function openDeviceClip(file: string, options: DeviceClipOptions): Promise<DeviceClip> {
  const { signal, device, decoder = 'auto', deinterlace, threads, deviceMemory, once = false } = options;
  throwIfAborted(signal);
  const thread = startDecodeThread({ file, device, decoder, deinterlace, threads, deviceMemory, once });
  const stop = () => thread.stop();
  signal?.addEventListener('abort', stop);
  // While the thread starts, the file is looked at here too.
  const onThisThread = openVideo(file, { signal, threads, deinterlace, cacheBytes: 0, cuda: cudaBridge });
  const [here, there] = await Promise.allSettled([onThisThread, thread.opened]);
  signal?.removeEventListener('abort', stop);
  if (here.status === 'rejected' || there.status === 'rejected' || signal?.aborted) {
    thread.stop();
    if (here.status === 'fulfilled') await here.value.close();
    await thread.end();
    if (here.status === 'rejected') throw here.reason;
    throwIfAborted(signal);
    throw (there as PromiseRejectedResult).reason;
  }
  const frames = new ThreadFrames(thread.port, there.value.clip);
  // A device's decoder may give another pixel format; pictures in host memory shall be alike.
  const video = here.value.inHostMemory(frames.info.format);
  return {
    info: frames.info,
    device,
    decoder: there.value.decoder,
    video,
    get kept() {
      return frames.kept;
    },
    get warnings() {
      return joined(video.warnings, frames.warnings);
    },
    frames: (given = {}) => frames.frames({ ...given, signal: either(given.signal, signal) }),
    async close() {
      const open = frames.close();
      await Promise.all([here.value.close(), video.close()]);
      await open;
      // Frames that somebody still has keep it.
      if (frames.out === 0) await thread.end();
    },
  };
}

/** Both threads may have met the same. */
function joined(a: readonly SourceWarning[], b: readonly SourceWarning[]): SourceWarning[] {
  const known = new Set(a.map(({ code, message }) => `${code} ${message}`));
  return [...a, ...b.filter(({ code, message }) => !known.has(`${code} ${message}`))];
}

function either(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a !== undefined && b !== undefined && a !== b ? AbortSignal.any([a, b]) : (a ?? b);
}

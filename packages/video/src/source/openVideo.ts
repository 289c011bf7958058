import { type DeviceName, GimbalError, type HostFrame, throwIfAborted } from '@gimbal/core';
import type { CudaBridge } from '../ffmpeg/cudaBridge.js';
import { ViewCache } from '../frame/viewCache.js';
import { chooseDecoder } from './chooseDecoder.js';
import { checkedDeinterlace } from './deinterlacer.js';
import { describeVideo } from './describeVideo.js';
import { FieldMarks } from './fieldOrder.js';
import { PictureDecoder } from './pictureDecoder.js';
import { rangeOfFile } from './rangeOfFile.js';
import type { PassSubject } from './sourcePass.js';
import { SourceWarnings } from './sourceWarnings.js';
import { checkedRange } from './timeRange.js';
import { type ReadingOptions, VideoSource } from './videoSource.js';
import type { VideoInfo } from './videoStreamInfo.js';

/** How {@link openVideo} reads a file. */
export interface OpenVideoOptions extends ReadingOptions {
  /** False: a file that ends early is an error at its end (`GIMBAL_E_INPUT_TRUNCATED`), not a warning. Default true. */
  readonly allowTruncated?: boolean | undefined;
  /**
   * Where to decode. `cpu` (default): by software, frames in host memory. `cuda:N`, or `cuda` for the first device: by the device's video
   * engine, frames stay in its memory; a format that it does not take is decoded by software all the same (`decoder` says which and why).
   * `auto`: like `cuda` where it can be used, like `cpu` otherwise. Frames on a device are not kept for a second pass.
   */
  readonly device?: DeviceName | undefined;
  /**
   * Native code to reach devices with: `cudaBridge` of `@gimbal/native`. `cuda` needs it; without it `auto` is `cpu`. Frames in host memory
   * cost less of the main thread with it.
   */
  readonly cuda?: CudaBridge | undefined;
}

/** Options of {@link openVideo} with which every frame lies in host memory. */
export type HostVideoOptions = Omit<OpenVideoOptions, 'device'> & { readonly device?: 'cpu' | undefined };

/**
 * Opens a video file of any container and codec that FFmpeg reads, or a range of one, and decodes its first picture.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND`, `_UNREADABLE`, `_NOT_VIDEO`, `_TRUNCATED`, `_UNSUPPORTED`, `GIMBAL_E_CANCELLED`;
 *   `GIMBAL_E_INVALID_ARGUMENT` for a stream or a time range that holds no pictures;
 *   `GIMBAL_E_DEVICE_UNAVAILABLE` and `GIMBAL_E_CUDA` for a device that was asked for by name.
 */
export async function openVideo(path: string, options?: HostVideoOptions): Promise<VideoSource<HostFrame>>;
export async function openVideo(path: string, options: OpenVideoOptions): Promise<VideoSource>;
export async function openVideo(path: string, options: OpenVideoOptions = {}): Promise<VideoSource> {
  throwIfAborted(options.signal);
  const range = checkedRange(options);
  const software = await PictureDecoder.open(path, {
    threads: 1,
    alpha: options.alpha,
    stream: options.stream,
    signal: options.signal,
  });
  try {
    const first = await software.next();
    if (first === undefined) {
      throw new GimbalError(
        'GIMBAL_E_INPUT_UNSUPPORTED',
        `${path} announces pictures (${software.codecName}), but not one of them can be decoded; the file is damaged or cut off.`,
      );
    }
    try {
      const deinterlace = checkedDeinterlace(options.deinterlace);
      const deinterlaced = new FieldMarks(software.file.video).of(first) && deinterlace !== 'off';
      const { info, mapping } = describeVideo(software.file, first, path, {
        deinterlace,
        alpha: options.alpha,
        chosen: options.stream !== undefined,
      });
      const chosen = await chooseDecoder(path, { first, mapping, codec: info.codec, deinterlaced }, options);
      const subject: PassSubject = {
        path,
        info: { ...info, format: chosen.mapping.format },
        mapping: chosen.mapping,
        deinterlace,
        warnings: new SourceWarnings(),
        allowTruncated: options.allowTruncated ?? true,
        device: chosen.device,
        resting: chosen.resting,
        views: viewsBy(options.cuda),
      };
      const own = range === undefined ? subject : await rangeOfFile(subject, range, options.signal);
      return new VideoSource(own, chosen.info, options);
    } finally {
      first.free();
    }
  } finally {
    await software.close();
  }
}

/** What a file says of itself, without keeping it open. @throws as {@link openVideo}. */
export async function videoInfo(path: string): Promise<VideoInfo> {
  const source = await openVideo(path);
  await source.close();
  return source.info;
}

function viewsBy(cuda: CudaBridge | undefined): ViewCache | undefined {
  return cuda && new ViewCache((view) => cuda.addressOf(view));
}

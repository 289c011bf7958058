import { GimbalError } from '@gimbal/core';
import {
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVCHROMA_LOC_UNSPECIFIED,
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_RGB,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_UNSPECIFIED,
  AVFMT_TS_DISCONT,
  AVMEDIA_TYPE_VIDEO,
  type AVPixelFormat,
} from 'node-av/constants';
import { avGetCodecName, type FormatContext, type Frame, type Stream } from 'node-av/lib';
import { carriesAlpha, KEEPERS_OF_ALPHA } from '../frame/alphaChannel.js';
import { rotationOf } from '../frame/displayMatrix.js';
import { matrixOfRgb } from '../frame/frameConformer.js';
import { mapPixelFormat, type PixelMapping } from '../frame/pixelFormats.js';
import { sideDataOf } from '../frame/sideData.js';
import { blackBars } from './blackBars.js';
import type { Deinterlace } from './deinterlacer.js';
import { type FieldOrder, fieldOrderOf, isInterlaced } from './fieldOrder.js';
import { type InputFile, isCoverPicture } from './inputFile.js';
import { type Rational, ticksToSeconds } from './timeStamps.js';
import type { ColorTags, VideoInfo, VideoStreamInfo } from './videoStreamInfo.js';

const MICROSECONDS: Rational = { num: 1, den: 1_000_000 };

/** How the pictures become frames. */
export interface DescribeOptions {
  readonly deinterlace: Deinterlace;
  /** An alpha channel becomes a plane of the frames. */
  readonly alpha?: boolean | undefined;
  /** The caller named the stream. */
  readonly chosen?: boolean | undefined;
}

/** What a file's first picture and its container say of the clip, and how its pictures become frames. */
export function describeVideo(
  file: InputFile,
  first: Frame,
  path: string,
  { deinterlace, alpha = false, chosen = false }: DescribeOptions,
): { info: VideoInfo; mapping: PixelMapping } {
  const { context, video } = file;
  const mapping = mapPixelFormat(first.format as AVPixelFormat, alpha);
  if (mapping === undefined) {
    throw new GimbalError(
      'GIMBAL_E_INPUT_UNSUPPORTED',
      `The pictures in ${path} have a pixel format that FFmpeg cannot convert.`,
    );
  }
  const fieldOrder = isInterlaced(first) ? fieldOrderOf(first) : undefined;
  // With a frame for each field, time is counted in half ticks: no container has a tick for half a frame otherwise.
  const inFields = deinterlace === 'fields';
  const twice = inFields && fieldOrder !== undefined;
  const stored = frameRateOf(video);
  const frameRate = twice ? { num: stored.num * 2, den: stored.den } : stored;
  const duration = durationOf(context, video);
  const counted = video.nbFrames > 0n ? Number(video.nbFrames) * (twice ? 2 : 1) : undefined;
  const estimated =
    duration === undefined ? undefined : Math.max(1, Math.round((duration * frameRate.num) / frameRate.den));
  const color = colorTags(video, first, mapping);
  const beside = sideDataOf(video, first);
  const stream = streamInfo(video, first, frameRate, color, inFields ? 2 : 1, beside.kept);
  const { sampleAspectRatio: aspect } = stream;
  const info: VideoInfo = {
    width: first.width,
    height: first.height,
    format: mapping.format,
    ...(aspect.num > 0 && { pixelAspect: aspect.num / aspect.den }),
    frameRate: frameRate.num / frameRate.den,
    frameCount: counted ?? estimated,
    duration,
    container: context.iformat?.name ?? 'unknown',
    codec: avGetCodecName(video.codecpar.codecId) ?? 'unknown',
    storedFormat: mapping.from,
    fullRange: color.range === AVCOL_RANGE_JPEG,
    streamIndex: video.index,
    fieldOrder,
    captions: beside.captions,
    stream,
    notes: [
      ...(chosen ? [] : streamNotes(file)),
      ...conversionNotes(mapping),
      ...alphaNotes(video, mapping),
      ...fieldNotes(fieldOrder, deinterlace),
      ...beside.notes,
      ...barNotes(first, mapping),
    ],
  };
  return { info, mapping };
}

/** That there is more than one moving picture to choose from. */
function streamNotes({ context, video }: InputFile): string[] {
  const all = context.streams.filter(
    (stream) => stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !isCoverPicture(stream),
  );
  if (all.length < 2) return [];
  const { width, height } = video.codecpar;
  const others = all
    .filter(({ index }) => index !== video.index)
    .map(({ index, codecpar }) => `${index} (${codecpar.width}×${codecpar.height})`)
    .join(', ');
  return [
    `The file has ${all.length} video streams; the largest is stabilized (stream ${video.index}, ${width}×${height}); others are ${others}.`,
  ];
}

function conversionNotes({ conversion, format, from }: PixelMapping): string[] {
  return conversion === 'matrix' ? [`The file's pixel format ${from} is converted to ${format.name}.`] : [];
}

function alphaNotes(video: Stream, { format, from }: PixelMapping): string[] {
  if (format.alpha || !carriesAlpha(video, from)) return [];
  return [`Left out: the alpha channel (transparency); ${KEEPERS_OF_ALPHA}.`];
}

function fieldNotes(fieldOrder: FieldOrder | undefined, deinterlace: Deinterlace): string[] {
  if (fieldOrder === undefined) return [];
  const pictures = `The pictures are interlaced (${fieldOrder})`;
  if (deinterlace === 'off') return [`${pictures} and stay so: lines of two moments are moved together.`];
  const made =
    deinterlace === 'fields' ? 'one whole picture of each field' : "one whole picture of each, 'fields' makes two";
  return [`${pictures} and are deinterlaced with bwdif: ${made}.`];
}

/** What to say of black bars in the first picture, where its luma is a plane that can be looked at. */
function barNotes(first: Frame, { conversion, format }: PixelMapping): string[] {
  const data = first.data?.[0];
  const [stride] = first.linesize;
  if (conversion !== 'none' || data === undefined || stride <= 0 || first.isHwFrame()) return [];
  const { width, height } = first;
  const bytesPerSample = format.bitDepth > 8 ? 2 : 1;
  const bars = blackBars({ data, width, height, stride, channels: 1, bytesPerSample }, format);
  if (bars === undefined) return [];
  const { top, bottom, left, right } = bars;
  const rows = top > 0 ? [`${top} rows above and ${bottom} below`] : [];
  const columns = left > 0 ? [`${left} columns left and ${right} right`] : [];
  return [
    `The picture seems to have black bars (${[...rows, ...columns].join(', ')}); they move with it unless they are cropped away first.`,
  ];
}

function streamInfo(
  video: Stream,
  first: Frame,
  frameRate: Rational,
  color: ColorTags,
  ticks: 1 | 2,
  sideData: ReadonlyMap<number, Uint8Array>,
): VideoStreamInfo {
  const { num } = video.timeBase;
  const den = video.timeBase.den * ticks;
  const aspect = video.sampleAspectRatio.num > 0 ? video.sampleAspectRatio : first.sampleAspectRatio;
  return {
    timeBase: { num, den },
    frameRate,
    sampleAspectRatio: { num: aspect.num, den: Math.max(1, aspect.den) },
    color,
    rotation: rotationOf(sideData.get(AV_PKT_DATA_DISPLAYMATRIX)),
    sideData,
    metadata: video.metadata?.getAll() ?? {},
    disposition: video.disposition,
  };
}

/** The picture's own tags where it has them, otherwise the container's. Converted RGB is tagged as what it became. */
function colorTags({ codecpar }: Stream, first: Frame, mapping: PixelMapping): ColorTags {
  const pick = <T>(own: T, container: T, unspecified: T) => (own === unspecified ? container : own);
  const converted = mapping.conversion === 'matrix';
  const matrix = pick(first.colorSpace, codecpar.colorSpace, AVCOL_SPC_UNSPECIFIED);
  const range = pick(first.colorRange, codecpar.colorRange, AVCOL_RANGE_UNSPECIFIED);
  return {
    range: converted ? AVCOL_RANGE_MPEG : mapping.fullRange ? AVCOL_RANGE_JPEG : range,
    primaries: pick(first.colorPrimaries, codecpar.colorPrimaries, AVCOL_PRI_UNSPECIFIED),
    transfer: pick(first.colorTrc, codecpar.colorTrc, AVCOL_TRC_UNSPECIFIED),
    // Gray PNGs say "RGB" of themselves, which no luma and chroma are.
    matrix: converted ? matrixOfRgb(first) : matrix === AVCOL_SPC_RGB ? AVCOL_SPC_UNSPECIFIED : matrix,
    chromaLocation: pick(first.chromaLocation, codecpar.chromaLocation, AVCHROMA_LOC_UNSPECIFIED),
  };
}

/** Frames per second: the average of the container if it is a sane number, else its guess, else 25. */
function frameRateOf({ avgFrameRate, rFrameRate }: Stream): Rational {
  for (const { num, den } of [avgFrameRate, rFrameRate]) {
    if (num > 0 && den > 0 && num / den > 0.01 && num / den <= 1000) return { num, den };
  }
  return { num: 25, den: 1 };
}

function durationOf(context: FormatContext, video: Stream): number | undefined {
  if (video.duration !== AV_NOPTS_VALUE && video.duration > 0n) return ticksToSeconds(video.duration, video.timeBase);
  const tagged = taggedDuration(video);
  if (tagged !== undefined) return tagged;
  return context.duration > 0n ? ticksToSeconds(context.duration, MICROSECONDS) : undefined;
}

/** Matroska writes a stream's own duration as a tag, such as `00:00:08.733000000`. */
export function taggedDuration(video: Stream): number | undefined {
  const match = /^(\d+):(\d+):([\d.]+)/.exec(video.metadata?.get('DURATION') ?? '');
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) : undefined;
}

/** Seconds after its first packet at which the container says that the pictures end, if it says so of the pictures themselves. */
export function announcedEnd(context: FormatContext, video: Stream): number | undefined {
  // Transport and elementary streams announce nothing: FFmpeg derives their length from the bytes that are there.
  if (((context.iformat?.flags ?? 0) & AVFMT_TS_DISCONT) !== 0) return undefined;
  const start = video.startTime === AV_NOPTS_VALUE ? 0 : ticksToSeconds(video.startTime, video.timeBase);
  if (/^mov|^avi/.test(context.iformat?.name ?? '') && video.duration > 0n) {
    // FFmpeg counts an empty edit at the start into the length; a clock that starts late it does not.
    const length = ticksToSeconds(video.duration, video.timeBase);
    return start > 0 && video.nbFrames > 0n ? length : start + length;
  }
  const tagged = taggedDuration(video);
  return tagged === undefined ? undefined : tagged;
}

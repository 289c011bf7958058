import type { PixelFormat, Plane, Size } from '@gimbal/core';
import type { AVPixelFormat } from 'node-av/constants';
import { avcodecFindBestPixFmtOfList, avGetPixFmtFromName, avGetPixFmtName } from 'node-av/lib';

const SUBSAMPLINGS = [
  { planar: 'yuv420p', semiplanar: 'nv12', deep: 'p0', x: 1, y: 1, alphaDepths: [8, 9, 10, 16] },
  { planar: 'yuv422p', semiplanar: 'nv16', deep: 'p2', x: 1, y: 0, alphaDepths: [8, 9, 10, 12, 16] },
  { planar: 'yuv444p', semiplanar: 'nv24', deep: 'p4', x: 0, y: 0, alphaDepths: [8, 9, 10, 12, 16] },
] as const;

/** Planar formats of old cameras and codecs, in the few depths that they come in. */
const RARE_PLANAR = [
  { name: 'yuv440p', depths: [8, 10, 12], x: 0, y: 1 },
  { name: 'yuv411p', depths: [8], x: 2, y: 0 },
  { name: 'yuv410p', depths: [8], x: 2, y: 2 },
] as const;

function allFormats(): Map<string, PixelFormat> {
  const formats: PixelFormat[] = [];
  const planar = (name: string, chroma: boolean, bitDepth: number, x: number, y: number, alpha = false) => {
    const kind = { name, layout: 'planar', chroma, bitDepth, shift: 0, chromaShiftX: x, chromaShiftY: y } as const;
    formats.push(alpha ? { ...kind, alpha } : kind);
  };
  for (const bits of [8, 9, 10, 12, 14, 16]) {
    const suffix = bits === 8 ? '' : `${bits}le`;
    planar(`gray${suffix}`, false, bits, 0, 0);
    for (const { planar: name, x, y } of SUBSAMPLINGS) planar(`${name}${suffix}`, true, bits, x, y);
    for (const { planar: name, alphaDepths, x, y } of SUBSAMPLINGS) {
      if (!(alphaDepths as readonly number[]).includes(bits)) continue;
      planar(`${name.replace('yuv', 'yuva')}${suffix}`, true, bits, x, y, true);
    }
    for (const { name, depths, x, y } of RARE_PLANAR) {
      if ((depths as readonly number[]).includes(bits)) planar(`${name}${suffix}`, true, bits, x, y);
    }
  }
  for (const { semiplanar, deep, x, y } of SUBSAMPLINGS) {
    for (const bits of [8, 10, 12, 16]) {
      formats.push({
        name: bits === 8 ? semiplanar : `${deep}${bits}le`,
        layout: 'semiplanar',
        chroma: true,
        bitDepth: bits,
        shift: bits === 8 ? 0 : 16 - bits,
        chromaShiftX: x,
        chromaShiftY: y,
      });
    }
  }
  return new Map(formats.map((format) => [format.name, format]));
}

/** Every pixel format whose planes Gimbal takes as they are, by FFmpeg's name. */
const FORMATS: ReadonlyMap<string, PixelFormat> = allFormats();

/** The format of this FFmpeg name, or `undefined` if Gimbal does not take it as it is. */
export function pixelFormat(name: string): PixelFormat | undefined {
  return FORMATS.get(name);
}

/** FFmpeg's number for a format. */
export function pixelFormatNumber(format: PixelFormat): AVPixelFormat {
  return avGetPixFmtFromName(format.name);
}

/** How samples in one of FFmpeg's formats become frames. */
export interface PixelMapping {
  readonly format: PixelFormat;
  /** FFmpeg's name for what the decoder gives. */
  readonly from: string;
  /**
   * `none`: its planes are handed over as they are. `reorder`: luma and chroma that lie otherwise (packed, other byte order, Cr before Cb);
   * swscale moves the samples and changes none. `matrix`: RGB and the like, of which swscale makes luma and chroma.
   */
  readonly conversion: 'none' | 'reorder' | 'matrix';
  /** The name itself says that samples are full range (`yuvj420p`). */
  readonly fullRange: boolean;
}

/** FFmpeg's names of formats that hold luma, or luma and chroma, as numbers of whole bits. */
const LUMA_AND_CHROMA = /^(yuv|yuyv|yvyu|uyvy|uyyvyy|nv\d|[py]\d{3}|gray(?!f)|ya(?!f)|ayuv|uyva|vuy|vyu|xv|v30)/;

/** Formats of whose pixels each says how far it covers what lies behind it. */
const WITH_ALPHA = /^(yuva|ya\d|ayuv|uyva|vuya|gbrap|rgba|bgra|argb|abgr|yaf)/;

/**
 * Chooses the frame format for what a decoder gives: the same, or the nearest planar one.
 * @param alpha an alpha channel is kept as a plane; it is left out otherwise.
 */
export function mapPixelFormat(number: AVPixelFormat, alpha = false): PixelMapping | undefined {
  const from = avGetPixFmtName(number);
  if (from === null) return undefined;
  const fullRange = from.startsWith('yuvj');
  const keeps = alpha && hasAlpha(from);
  const same = FORMATS.get(keeps ? from : from.replace(/^yuv[ja]/, 'yuv'));
  if (same) return { format: same, from, conversion: 'none', fullRange };
  const planar = [...FORMATS.values()].filter(
    (format) => format.layout === 'planar' && keeps === (format.alpha === true),
  );
  const best = avcodecFindBestPixFmtOfList(planar.map(pixelFormatNumber), number);
  const format = FORMATS.get(avGetPixFmtName(best) ?? '');
  return format && { format, from, conversion: LUMA_AND_CHROMA.test(from) ? 'reorder' : 'matrix', fullRange };
}

/** Whether a format, by FFmpeg's name, has an alpha channel. */
export function hasAlpha(name: string): boolean {
  return WITH_ALPHA.test(name);
}

/** The same format with nothing but luma and chroma. */
export function withoutAlpha(format: PixelFormat): PixelFormat {
  return format.alpha ? (FORMATS.get(format.name.replace('yuva', 'yuv')) as PixelFormat) : format;
}

/** Bytes that a frame's samples take. */
export function frameBytes(format: PixelFormat, width: number, height: number): number {
  const chroma = format.chroma
    ? 2 * Math.ceil(width / (1 << format.chromaShiftX)) * Math.ceil(height / (1 << format.chromaShiftY))
    : 0;
  return (width * height * (format.alpha ? 2 : 1) + chroma) * (format.bitDepth > 8 ? 2 : 1);
}

/** What the planes of a picture are, luma first, wherever they lie. Subsampled sizes round up. */
export function planeShapes(format: PixelFormat, size: Size): Omit<Plane, 'data' | 'stride'>[] {
  const bytesPerSample = format.bitDepth > 8 ? 2 : 1;
  const opaque = !format.chroma ? 1 : format.layout === 'planar' ? 3 : 2;
  return Array.from({ length: opaque + (format.alpha ? 1 : 0) }, (_, i) => {
    const full = i === 0 || i === opaque;
    const shiftX = full ? 0 : format.chromaShiftX;
    const shiftY = full ? 0 : format.chromaShiftY;
    return {
      width: (size.width + (1 << shiftX) - 1) >> shiftX,
      height: (size.height + (1 << shiftY) - 1) >> shiftY,
      channels: !full && format.layout === 'semiplanar' ? 2 : 1,
      bytesPerSample,
    };
  });
}

/** Whether two formats differ in nothing but where the samples of luma and chroma lie. */
export function sameSamples(a: PixelFormat, b: PixelFormat): boolean {
  const kind = ({ chroma, bitDepth, chromaShiftX, chromaShiftY }: PixelFormat) =>
    [chroma, bitDepth, chromaShiftX, chromaShiftY].join();
  return kind(a) === kind(b);
}

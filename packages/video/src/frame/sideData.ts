// What comes with a clip's pictures beside samples: HDR metadata and the like.
import {
  AV_FRAME_DATA_A53_CC,
  AV_FRAME_DATA_AFD,
  AV_FRAME_DATA_AMBIENT_VIEWING_ENVIRONMENT,
  AV_FRAME_DATA_CONTENT_LIGHT_LEVEL,
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_FRAME_DATA_DOVI_METADATA,
  AV_FRAME_DATA_DOVI_RPU_BUFFER,
  AV_FRAME_DATA_DYNAMIC_HDR_PLUS,
  AV_FRAME_DATA_DYNAMIC_HDR_SMPTE_2094_APP5,
  AV_FRAME_DATA_DYNAMIC_HDR_VIVID,
  AV_FRAME_DATA_EXIF,
  AV_FRAME_DATA_GOP_TIMECODE,
  AV_FRAME_DATA_ICC_PROFILE,
  AV_FRAME_DATA_LCEVC,
  AV_FRAME_DATA_MASTERING_DISPLAY_METADATA,
  AV_FRAME_DATA_S12M_TIMECODE,
  AV_FRAME_DATA_SEI_UNREGISTERED,
  AV_FRAME_DATA_SPHERICAL,
  AV_FRAME_DATA_STEREO3D,
  AV_FRAME_DATA_VIEW_ID,
  AV_PKT_DATA_3D_REFERENCE_DISPLAYS,
  AV_PKT_DATA_AFD,
  AV_PKT_DATA_AMBIENT_VIEWING_ENVIRONMENT,
  AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_DATA_DOVI_CONF,
  AV_PKT_DATA_DYNAMIC_HDR_SMPTE_2094_APP5,
  AV_PKT_DATA_DYNAMIC_HDR10_PLUS,
  AV_PKT_DATA_EXIF,
  AV_PKT_DATA_FRAME_CROPPING,
  AV_PKT_DATA_HEVC_CONF,
  AV_PKT_DATA_ICC_PROFILE,
  AV_PKT_DATA_LCEVC,
  AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
  AV_PKT_DATA_S12M_TIMECODE,
  AV_PKT_DATA_SPHERICAL,
  AV_PKT_DATA_STEREO3D,
  type AVFrameSideDataType,
} from 'node-av/constants';
import type { Frame, Stream } from 'node-av/lib';

/** What stays true of the steadied picture, and goes to the output: by its number in pictures (if any) and in streams. */
const KEPT: readonly (readonly [AVFrameSideDataType | undefined, number])[] = [
  [AV_FRAME_DATA_DISPLAYMATRIX, AV_PKT_DATA_DISPLAYMATRIX],
  [AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_PKT_DATA_MASTERING_DISPLAY_METADATA],
  [AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, AV_PKT_DATA_CONTENT_LIGHT_LEVEL],
  [undefined, AV_PKT_DATA_FRAME_CROPPING],
];

/** What would be a claim without its data, or not true any more, or what no encoder here writes: in words, pictures' and streams' numbers. */
const LEFT_OUT: readonly (readonly [string, readonly AVFrameSideDataType[], readonly number[]])[] = [
  [
    "Dolby Vision's metadata (the HDR picture beneath is kept)",
    [AV_FRAME_DATA_DOVI_RPU_BUFFER, AV_FRAME_DATA_DOVI_METADATA],
    [AV_PKT_DATA_DOVI_CONF],
  ],
  [
    "HDR10+ and other metadata of every picture's brightness (HDR10's own is kept)",
    [AV_FRAME_DATA_DYNAMIC_HDR_PLUS, AV_FRAME_DATA_DYNAMIC_HDR_SMPTE_2094_APP5, AV_FRAME_DATA_DYNAMIC_HDR_VIVID],
    [AV_PKT_DATA_DYNAMIC_HDR10_PLUS, AV_PKT_DATA_DYNAMIC_HDR_SMPTE_2094_APP5],
  ],
  [
    'the mark of a 360° picture (a picture that is steadied flat is none)',
    [AV_FRAME_DATA_SPHERICAL],
    [AV_PKT_DATA_SPHERICAL],
  ],
  [
    'the mark of a 3D picture (both views are steadied as one)',
    [AV_FRAME_DATA_STEREO3D, AV_FRAME_DATA_VIEW_ID],
    [AV_PKT_DATA_STEREO3D, AV_PKT_DATA_3D_REFERENCE_DISPLAYS, AV_PKT_DATA_HEVC_CONF],
  ],
  [
    'time codes inside the pictures',
    [AV_FRAME_DATA_S12M_TIMECODE, AV_FRAME_DATA_GOP_TIMECODE],
    [AV_PKT_DATA_S12M_TIMECODE],
  ],
  ['the active format description', [AV_FRAME_DATA_AFD], [AV_PKT_DATA_AFD]],
  [
    'the ambient viewing environment',
    [AV_FRAME_DATA_AMBIENT_VIEWING_ENVIRONMENT],
    [AV_PKT_DATA_AMBIENT_VIEWING_ENVIRONMENT],
  ],
  ['the ICC profile', [AV_FRAME_DATA_ICC_PROFILE], [AV_PKT_DATA_ICC_PROFILE]],
  ['EXIF data', [AV_FRAME_DATA_EXIF], [AV_PKT_DATA_EXIF]],
  ['the LCEVC enhancement layer', [AV_FRAME_DATA_LCEVC], [AV_PKT_DATA_LCEVC]],
];

/** Data without a standard that x264 and x265 leave of themselves, by their UUIDs: losing them is harmless. */
const ENCODER_SIGNATURES = ['dc45e9bde6d948b7962cd820d923eeef', '2ca2de09b51747dbbb55a4fe7fc2fc4e'];

/** What beside samples comes with a clip's pictures. */
export interface SideData {
  /** Blocks that go to the output as they are, by FFmpeg's number in streams. */
  readonly kept: ReadonlyMap<number, Uint8Array>;
  /** One sentence for each kind that is left out. */
  readonly notes: readonly string[];
  /** There are closed captions (CEA-608, CEA-708) inside the pictures; encoders that can are handed them picture by picture. */
  readonly captions: boolean;
}

/** Goes through all that a stream and its first picture carry. What only concerns how it was coded is passed over. */
export function sideDataOf({ codecpar }: Stream, first: Frame): SideData {
  const inStream = new Map<number, Uint8Array>();
  for (const { type, data } of codecpar.getAllCodedSideData()) inStream.set(type, Uint8Array.from(data));
  const kept = new Map<number, Uint8Array>();
  for (const [inPicture, type] of KEPT) {
    const block = inStream.get(type) ?? (inPicture === undefined ? null : first.getSideData(inPicture));
    if (block) kept.set(type, Uint8Array.from(block));
  }
  const left = LEFT_OUT.filter(
    ([, inPicture, types]) =>
      types.some((type) => inStream.has(type)) || inPicture.some((type) => first.getSideData(type) !== null),
  ).map(([what]) => what);
  const unregistered = first.getSideData(AV_FRAME_DATA_SEI_UNREGISTERED);
  const signature = unregistered && Buffer.from(unregistered.subarray(0, 16)).toString('hex');
  if (signature && !ENCODER_SIGNATURES.includes(signature)) left.push("a maker's own data inside the pictures");
  return {
    kept,
    notes: left.map((what) => `Left out: ${what}.`),
    captions: first.getSideData(AV_FRAME_DATA_A53_CC) !== null,
  };
}

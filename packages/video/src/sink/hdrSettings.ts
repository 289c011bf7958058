// HDR metadata in the words of x264 and x265.
import { AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_PKT_DATA_MASTERING_DISPLAY_METADATA } from 'node-av/constants';

/** Units of SMPTE ST 2086 in HEVC and AVC: chromaticity in steps of 1/50000, luminance in steps of 1/10000 cd/m². */
const CHROMATICITY_STEPS = 50_000;
const LUMINANCE_STEPS = 10_000;

/**
 * The mastering display and content light level of a stream, in the words of x264's and x265's settings, so that they also stand in
 * the bit stream and not only in the container.
 */
export function hdrParameters(codec: string, sideData: ReadonlyMap<number, Uint8Array>): string[] {
  if (codec !== 'h264' && codec !== 'h265') return [];
  const parameters: string[] = [];
  const mastering = masteringDisplay(sideData.get(AV_PKT_DATA_MASTERING_DISPLAY_METADATA));
  if (mastering) parameters.push(`${codec === 'h264' ? 'mastering-display' : 'master-display'}=${mastering}`);
  const light = sideData.get(AV_PKT_DATA_CONTENT_LIGHT_LEVEL);
  if (light && light.byteLength >= 8) {
    const view = new DataView(light.buffer, light.byteOffset);
    const levels = `${view.getUint32(0, true)},${view.getUint32(4, true)}`;
    parameters.push(codec === 'h264' ? `cll=${levels}` : `max-cll=${levels}`);
  }
  return parameters;
}

/** Reads FFmpeg's `AVMasteringDisplayMetadata`: primaries R, G, B, white point, luminance (fractions), then two flags. */
function masteringDisplay(block: Uint8Array | undefined): string | undefined {
  if (block === undefined || block.byteLength < 88) return undefined;
  const view = new DataView(block.buffer, block.byteOffset);
  const fraction = (i: number) => view.getInt32(i * 8, true) / Math.max(1, view.getInt32(i * 8 + 4, true));
  const [hasPrimaries, hasLuminance] = [view.getInt32(80, true), view.getInt32(84, true)];
  if (!hasPrimaries || !hasLuminance) return undefined;
  const point = (i: number) =>
    `(${Math.round(fraction(i) * CHROMATICITY_STEPS)},${Math.round(fraction(i + 1) * CHROMATICITY_STEPS)})`;
  const level = (i: number) => Math.round(fraction(i) * LUMINANCE_STEPS);
  return `G${point(2)}B${point(4)}R${point(0)}WP${point(6)}L(${level(9)},${level(8)})`;
}

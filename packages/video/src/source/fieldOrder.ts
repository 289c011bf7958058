// Finds out which field of interlaced pictures comes first.
import {
  AV_FIELD_BB,
  AV_FIELD_BT,
  AV_FIELD_TB,
  AV_FIELD_TT,
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_TOP_FIELD_FIRST,
  AV_OPT_TYPE_INT,
} from 'node-av/constants';
import { avGetCodecName, Codec, CodecContext, type Frame, type Stream } from 'node-av/lib';

/** Codecs that say of every picture whether it is two fields. Others leave it to the container, or to the first picture that says so. */
const EVERY_PICTURE = new Set(['mpeg1video', 'mpeg2video', 'vc1', 'wmv3', 'dvvideo', 'prores', 'dnxhd']);

/** Which field of a picture is the earlier one. */
export type FieldOrder = 'top first' | 'bottom first';

/** What the container says of a stream's fields; undefined for whole pictures, and where it says nothing. */
export function containerFieldOrder({ codecpar }: Stream): FieldOrder | undefined {
  // Only a codec's context tells what its parameters say of fields.
  const context = new CodecContext();
  context.allocContext3(Codec.findDecoder(codecpar.codecId));
  const set = context.parametersToContext(codecpar);
  const order = set < 0 ? null : context.getOption('field_order', AV_OPT_TYPE_INT);
  context.freeContext();
  // TB and BT are lines of both fields in turn, the first letter the earlier field: FFmpeg's program and Matroska's 9 and 14 mean it so.
  if (order === AV_FIELD_TT || order === AV_FIELD_TB) return 'top first';
  return order === AV_FIELD_BB || order === AV_FIELD_BT ? 'bottom first' : undefined;
}

/** Whether a picture is marked as two fields of different moments. */
export function isInterlaced(picture: Frame): boolean {
  return picture.hasFlags(AV_FRAME_FLAG_INTERLACED);
}

/** Which field of a marked picture is the earlier one. */
export function fieldOrderOf(picture: Frame): FieldOrder {
  return picture.hasFlags(AV_FRAME_FLAG_TOP_FIELD_FIRST) ? 'top first' : 'bottom first';
}

/** Marks pictures as the container has them, for codecs that say nothing themselves. */
export class FieldMarks {
  #order: FieldOrder | undefined;

  /** @param known what is known where the container says nothing. */
  constructor(video: Stream, known?: FieldOrder) {
    const codec = avGetCodecName(video.codecpar.codecId) ?? '';
    this.#order = EVERY_PICTURE.has(codec) ? undefined : (containerFieldOrder(video) ?? known);
  }

  /** Whether the picture is two fields, by its own mark or by the container's; it has the mark afterwards. */
  of(picture: Frame): boolean {
    if (isInterlaced(picture)) {
      // The codec does speak of it: from here on a picture without the mark is a whole one.
      this.#order = undefined;
      return true;
    }
    if (this.#order === undefined) return false;
    picture.setFlags(AV_FRAME_FLAG_INTERLACED);
    if (this.#order === 'top first') picture.setFlags(AV_FRAME_FLAG_TOP_FIELD_FIRST);
    else picture.clearFlags(AV_FRAME_FLAG_TOP_FIELD_FIRST);
    return true;
  }
}

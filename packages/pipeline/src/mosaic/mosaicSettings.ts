import type { DeviceName } from '@gimbal/core';
import type { MosaicLook, MosaicPreset, TileVariants } from '@gimbal/mosaic';
import type { VideoCodec } from '@gimbal/video';

/** What a mosaic goes by. */
export interface MosaicSettings extends Partial<MosaicLook> {
  /** The folder whose pictures are the tiles; generated ones unless told. */
  readonly tiles?: string | undefined;
  readonly variants?: TileVariants | undefined;
  /** Cells across and down, as the picture is shown; about 2,304 squares unless told. */
  readonly grid?: { readonly cols: number; readonly rows: number } | undefined;
  /** How it looks where nothing else is said. */
  readonly preset?: MosaicPreset | undefined;
  /** Tiles travel with the camera. */
  readonly carry?: boolean | undefined;
  /** The path of a module whose default export is a `TileCost`. */
  readonly cost?: string | undefined;
  /** Of generated tiles. */
  readonly seed?: number | undefined;
  readonly codec?: VideoCodec | undefined;
  readonly crf?: number | undefined;
  /** The encoder's speed, `ultrafast` to `veryslow`. */
  readonly encoderPreset?: string | undefined;
  readonly threads?: number | undefined;
  /** Where tiles are assigned. */
  readonly device?: DeviceName | undefined;
  /** Replace an existing output. */
  readonly overwrite?: boolean | undefined;
}

/** What is known of a sensor that is read row by row, so that the rows of one picture show different moments. */
export interface RollingShutter {
  /**
   * From the first row to the last, as a share of the time from frame to frame: 0 reads all rows at once, 0.9 takes nine tenths of it; negative
   * where the last row is read first.
   */
  readonly readout: number;
  /** One standard deviation of the readout; 0 where the caller told it. */
  readonly uncertainty: number;
  /** `rows` are read one after the other, top to bottom; `columns`, left to right, where the camera was turned by a quarter. */
  readonly axis: 'rows' | 'columns';
  /** Frames that are corrected for it. */
  readonly corrected: number;
  /** Why none is, as a phrase without numbers. */
  readonly reason?: string | undefined;
}

/** Where along the readout {@link ReadoutMotion} tells the camera's motion, as shares of the picture from its middle row. */
export const READOUT_NODES = [-0.5, -0.25, 0, 0.25, 0.5] as const;

/**
 * How the camera moved while one frame was read: for each of {@link READOUT_NODES} eight parameters, as in a CameraPath, that lead from the
 * moment of the middle row to that of the row; those of the middle row are zero.
 */
export type ReadoutMotion = Float64Array;

/** A clip's motion as a sensor with all rows at once would have seen it, in stored pixels. */
export interface RectifiedClip {
  /** Nine numbers a step, from middle row to middle row. */
  readonly homographies: Float64Array;
  /** A {@link ReadoutMotion} of forty numbers a frame; all zero where nothing is to be corrected. */
  readonly readouts: Float64Array;
}

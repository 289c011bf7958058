/** The files of one run. */
export interface RunFiles {
  readonly input: string;
  readonly output: string;
  readonly motion?: string | undefined;
  readonly exportMotion?: string | undefined;
  /** A name ending in `.json`, or a folder for a COLMAP text model. */
  readonly exportTrajectory?: string | undefined;
}

/** What a long run tells its caller, several times a second at most. */
export interface Progress {
  readonly stage: 'analyze' | 'smooth' | 'render';
  /** Frames finished in this stage. */
  readonly done: number;
  /** Frames in all, if known. */
  readonly total: number | undefined;
}

export type OnProgress = (progress: Progress) => void;

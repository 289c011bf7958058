/** What a long run tells its caller, several times a second at most. */
export interface Progress {
  readonly stage: 'analyze' | 'smooth' | 'render';
  /** Frames finished in this stage. */
  readonly done: number;
  /** Frames in all, if known. */
  readonly total: number | undefined;
}

/** Is told how far a run has come, after every frame. */
export type OnProgress = (progress: Progress) => void;

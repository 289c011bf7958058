/** How far one stage of a job has come. */
export interface StageProgress {
  readonly stage: string;
  /** Frames done. */
  readonly done: number;
  /** Frames in all, where known. */
  readonly total?: number | undefined;
}

/** Hears of it, often. */
export type OnProgress = (progress: StageProgress) => void;

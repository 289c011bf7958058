/** How far one stage of a job has come. */
export interface StageProgress {
  readonly stage: string;
  /** Frames done, or what `unit` says. */
  readonly done: number;
  /** As many in all, where known. */
  readonly total?: number | undefined;
  /** What is counted; frames unless told. */
  readonly unit?: 'bytes' | undefined;
}

/** Hears of it, often. */
export type OnProgress = (progress: StageProgress) => void;

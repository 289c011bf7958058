/** Who decodes for a device: `software` on the CPU, `nvdec` the device's video engine; `auto` by `chooseByCores`. */
export const DECODER_CHOICES = ['auto', 'software', 'nvdec'] as const;

/** One of {@link DECODER_CHOICES}. */
export type DecoderChoice = (typeof DECODER_CHOICES)[number];

/**
 * Threads from which software decodes faster than one video engine. One session of an H200's gives 516 frames/s of 1080p; software about
 * 100 for each core (200 with 2 cores, 1,410 to 1,890 with 16). From 6 cores on it is ahead; two are left for the work on the frames.
 */
export const SOFTWARE_THREADS = 8;

/** What decides where the frames for a device are decoded. */
export interface DecoderCircumstances {
  readonly threads: number;
  /** The clip is decoded while it is written: an encoder has the CPU then. */
  readonly once: boolean;
  /** Bytes of the device's memory that the clip takes, and may take. Unknown: it counts as one that fits, if any does, as for the cache. */
  readonly clipBytes?: number | undefined;
  readonly budgetBytes?: number | undefined;
}

/** A decoder, and why that one. */
export interface ChosenByCores {
  readonly name: Exclude<DecoderChoice, 'auto'>;
  readonly reason: string;
}

/** The rule of `auto`: software where there are cores for it that have nothing else to do, else the device's video engine. */
export function chooseByCores({
  threads,
  once,
  clipBytes = 1,
  budgetBytes = clipBytes,
}: DecoderCircumstances): ChosenByCores {
  if (threads < SOFTWARE_THREADS) {
    return {
      name: 'nvdec',
      reason: `software is faster from ${SOFTWARE_THREADS} threads on, and there ${threads === 1 ? 'is' : 'are'} ${threads}`,
    };
  }
  if (once || clipBytes > budgetBytes) {
    return { name: 'nvdec', reason: 'the clip is decoded while it is encoded, which takes the CPU' };
  }
  return { name: 'software', reason: `${threads} threads decode faster than the device, and the clip fits there` };
}

import type { PixelFormat, Size, SourceWarning } from '@gimbal/core';
import type { ErrorWords } from './errorWords.js';

/** What all pictures of a sink have in common. */
export interface PictureKind {
  readonly format: PixelFormat;
  readonly size: Size;
  readonly fullRange: boolean;
}

/** Memory of both threads that one picture fits into. */
export interface PlaceWords {
  readonly id: number;
  readonly memory: SharedArrayBuffer;
}

/** A picture that is written. */
export interface PictureWords {
  /** Where its samples lie. */
  readonly place: number;
  readonly index: number;
  readonly time: number;
  /** In ticks of its stream's time base, where it has one. */
  readonly pts?: bigint | undefined;
  readonly duration?: bigint | undefined;
}

/** What the thread that makes pictures says. */
export type SinkRequest =
  /** Comes first. `together`: places that go back in one message. */
  | { readonly kind: 'open'; readonly pictures: PictureKind; readonly together: number }
  /** Pictures in order, and the places of them that were not told before. */
  | { readonly kind: 'write'; readonly pictures: readonly PictureWords[]; readonly places: readonly PlaceWords[] }
  | { readonly kind: 'finish' }
  | { readonly kind: 'abort' };

/** What the thread that takes pictures says. */
export type SinkMessage =
  | { readonly kind: 'opened'; readonly notes: readonly string[] }
  /** The pictures at these places are no longer needed. */
  | { readonly kind: 'taken'; readonly places: readonly number[] }
  /** What it was told last, or a picture before that, was in vain. */
  | { readonly kind: 'failed'; readonly error: ErrorWords }
  /** The output is complete, or nothing of it is left: nothing follows. */
  | { readonly kind: 'finished'; readonly notes: readonly string[]; readonly warnings: readonly SourceWarning[] }
  | { readonly kind: 'aborted'; readonly notes: readonly string[] };

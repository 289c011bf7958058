import type { Frame as NativeFrame } from 'node-av/lib';

/** Views that are remembered; a decoder uses a few dozen places again and again. */
const MOST_VIEWS = 512;

/**
 * Views of an AVFrame's planes that are made once for each place in memory, not once a picture. A view costs more than its making: V8
 * counts the bytes of each as if they were its own, and collects garbage for every few pictures of 1080p.
 */
export class ViewCache {
  readonly #addressOf: (view: Uint8Array) => bigint;
  readonly #views = new Map<bigint, Uint8Array>();

  /** @param addressOf tells the address of a view's first byte. */
  constructor(addressOf: (view: Uint8Array) => bigint) {
    this.#addressOf = addressOf;
  }

  /**
   * Views of whole planes in host memory, to be used while the frame is open. Two frames that had the same place one after the other have
   * the same view.
   * @param bytes what each plane takes; how many planes there are.
   */
  of(native: NativeFrame, bytes: readonly number[]): Uint8Array[] {
    const rows = firstRows(native);
    let whole: readonly Uint8Array[] | undefined;
    return bytes.map((length, i) => {
      const address = this.#addressOf(rows[i]);
      const known = this.#views.get(address);
      if (known?.length === length) return known;
      whole ??= wholePlanes(native);
      if (this.#views.size >= MOST_VIEWS) this.#views.clear();
      this.#views.set(address, whole[i]);
      return whole[i];
    });
  }
}

/** A view of each plane's first row: enough to learn where the plane lies, also on a device, where it must not be read. */
export function firstRows(native: NativeFrame): readonly Uint8Array[] {
  const { height } = native;
  // node-av takes from it how long views are to be, and remembers them for this AVFrame.
  native.height = 1;
  const rows = native.data ?? [];
  native.height = height;
  return rows;
}

function wholePlanes(native: NativeFrame): readonly Uint8Array[] {
  // Another AVFrame on the same samples: the one given remembers the views of its first rows.
  const other = native.clone();
  const planes = other?.data ?? [];
  other?.free();
  return planes;
}

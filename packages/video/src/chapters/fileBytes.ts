import { type FileHandle, open } from 'node:fs/promises';

/** A file of which parts are read and written by their place. */
export class FileBytes {
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** @param flags as of `fs.open`: `r`, or `r+` to write into the file. */
  static async open(file: string, flags: 'r' | 'r+'): Promise<FileBytes> {
    const handle = await open(file, flags);
    try {
      return new FileBytes(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Exactly these bytes. @throws RangeError when the file had fewer when it was opened. */
  async read(start: number, length: number): Promise<Buffer> {
    const bytes = await this.readUpTo(start, length);
    if (bytes.length < length)
      throw new RangeError(`bytes ${start} to ${start + length} lie behind the end of the file`);
    return bytes;
  }

  /** These bytes, or as many of them as there are. */
  async readUpTo(start: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - start));
    const bytes = Buffer.allocUnsafe(wanted);
    let done = 0;
    while (done < wanted) {
      const { bytesRead } = await this.#handle.read(bytes, done, wanted - done, start + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }

  /** Writes pieces one behind the other, also beyond the end. Returns the place behind them. */
  async write(start: number, ...pieces: readonly Uint8Array[]): Promise<number> {
    let at = start;
    for (const piece of pieces) {
      let done = 0;
      while (done < piece.length) {
        const { bytesWritten } = await this.#handle.write(piece, done, piece.length - done, at + done);
        done += bytesWritten;
      }
      at += piece.length;
    }
    return at;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

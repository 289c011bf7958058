import type { AVPixelFormat } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import type { SourceWarnings } from '../source/sourceWarnings.js';
import type { VideoInfo } from '../source/videoStreamInfo.js';
import { downloadPicture } from './downloadPicture.js';
import { FrameConformer } from './frameConformer.js';
import { mapPixelFormat, type PixelMapping } from './pixelFormats.js';

/** The pictures of one pass in host memory, all of the clip's size and format; tells where the file changes them. */
export class FrameConverter {
  readonly #info: VideoInfo;
  readonly #wanted: PixelMapping;
  readonly #warnings: SourceWarnings;
  readonly #conformer: FrameConformer;
  #formatNumber = -1 as AVPixelFormat;
  #mapping: PixelMapping | undefined;
  /** How the picture before differed from the first; a change is worth one warning, not one per picture. */
  #difference = '';

  constructor(info: VideoInfo, wanted: PixelMapping, warnings: SourceWarnings) {
    this.#info = info;
    this.#wanted = wanted;
    this.#warnings = warnings;
    this.#conformer = new FrameConformer(wanted, info);
  }

  /** Picture `index` in host memory, of the clip's size and format; the one given is freed unless it is that. */
  async of(decoded: Frame, index: number): Promise<Frame> {
    let native = decoded;
    if (decoded.isHwFrame()) {
      native = await downloadPicture(decoded).finally(() => decoded.free());
    }
    const fits = this.#conformer.fits(native, this.#mappingOf(native));
    if (fits) this.#difference = '';
    return fits ? native : this.#convert(native, index);
  }

  close(): void {
    this.#conformer.close();
  }

  #mappingOf(native: Frame): PixelMapping | undefined {
    const number = native.format as AVPixelFormat;
    if (number !== this.#formatNumber) {
      this.#formatNumber = number;
      this.#mapping = mapPixelFormat(number, this.#wanted.format.alpha);
    }
    return this.#mapping;
  }

  async #convert(native: Frame, index: number): Promise<Frame> {
    const { width, height } = this.#info;
    const difference = `${native.width}×${native.height} ${this.#mapping?.from}`;
    const changes = difference !== this.#difference;
    this.#difference = difference;
    if (!changes) return this.#conformer.convert(native);
    if (native.width !== width || native.height !== height) {
      this.#warnings.add(
        'resolution-change',
        `The picture changes to ${native.width}×${native.height} at frame ${index}; it is scaled to ${width}×${height}, the size it began with.`,
      );
    } else if (this.#mapping?.format !== this.#wanted.format && this.#mapping?.from !== this.#wanted.from) {
      this.#warnings.add(
        'resolution-change',
        `The pixel format changes to ${this.#mapping?.from ?? 'an unknown one'} at frame ${index}; it is converted to ${this.#wanted.format.name}.`,
      );
    }
    return this.#conformer.convert(native);
  }
}

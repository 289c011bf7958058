import { applyHomography } from '@gimbal/core/geometry';
import type { CornerMask } from '@gimbal/cuda-classical';
import { type LumaImage, robustHomography, trackBetween } from '@gimbal/metrics';
import { withClearance } from './followMask.js';

/** Grey levels a pixel from which on a gradient counts as texture. */
const TEXTURE = 6;
/** How much of its gradient a pixel keeps, at least, when pictures over time are averaged, and how little one that moves does at most. */
const KEEPS = 0.9;
const LOSES = 0.6;
/** How far the luma of what stands may vary: grey levels (what an encoder does), or a share of the gradient. */
const NOISE = 2.5;
const WANDER = 0.25;
/** Share of the texture that must move before anything is said of the rest. */
const MOVING = 0.1;
/** What stands covers more of the picture than a speck, and less than this, otherwise it is the scene. */
const LEAST_AREA = 0.001;
const MOST_AREA = 0.4;
/** Pixels between strokes that belong together, and that corners keep away. */
const CLOSE = 4;
const CLEARANCE = 4;
/** Of the pictures every so many-th is compared with the next, and so many of them when it comes to an answer. */
const PAIR_EVERY = 5;
const PAIRS = 6;
/** Of the points beside the overlay so many must move together, to within so many pixels, and so far. */
const TOGETHER = 0.6;
const TOLERANCE = 0.4;
const FAR = 0.15;
/** What a page that scrolls does not do: turn, or leave its direction, in pixels. */
const STRAIGHT = 0.03;

/** Sums over pictures of one shot, per pixel. */
export class FixedOverlay {
  #count = 0;
  #last: LumaImage | undefined;
  readonly #sums: Record<'luma' | 'squares' | 'x' | 'y' | 'magnitude', Float64Array>;
  readonly #pairs: (readonly [LumaImage, LumaImage])[] = [];

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    const plane = () => new Float64Array(width * height);
    this.#sums = { luma: plane(), squares: plane(), x: plane(), y: plane(), magnitude: plane() };
  }

  /** Takes a picture. True where it wants the one that follows it too, see {@link takeNext}. */
  take(image: LumaImage): boolean {
    const { luma, squares, x, y, magnitude } = this.#sums;
    const { width, height } = this;
    this.#last = image;
    this.#count++;
    for (let row = 1; row < height - 1; row++) {
      for (let k = row * width + 1; k < (row + 1) * width - 1; k++) {
        const value = image.data[k];
        const gx = (image.data[k + 1] - image.data[k - 1]) / 2;
        const gy = (image.data[k + width] - image.data[k - width]) / 2;
        luma[k] += value;
        squares[k] += value * value;
        x[k] += gx;
        y[k] += gy;
        magnitude[k] += Math.sqrt(gx * gx + gy * gy);
      }
    }
    return this.#count % PAIR_EVERY === 1;
  }

  /** Takes the picture that follows the last one. */
  takeNext(image: LumaImage): void {
    if (this.#last !== undefined) this.#pairs.push([this.#last, image]);
  }

  /**
   * What stands exactly still on the picture while the rest moves with the camera: a logo, a caption, the instruments of a drone. As a mask that
   * leaves it out, with a margin; undefined where there is none; `unknown` as long as the rest has hardly moved. A tripod before a
   * moving scene is none, as the rest does not move together; nor is a page that scrolls.
   */
  find(): CornerMask | undefined | 'unknown' {
    const { width, height } = this;
    const { still, textured, moving, standing } = this.#standing();
    if (moving < MOVING * textured || textured === 0) return 'unknown';
    if (standing < LEAST_AREA * still.length) return undefined;
    const joined = withClearance(still, width, height, CLOSE);
    const area = joined.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0) / joined.length;
    if (area > MOST_AREA) return undefined;
    const data = withClearance(joined, width, height, CLEARANCE);
    return this.#movesTogether(data) ? { width, height, data } : undefined;
  }

  /** Whether so little stands already that no overlay can come of it: with more pictures it only becomes less. */
  get ruledOut(): boolean {
    const { still, standing } = this.#standing();
    return standing < (LEAST_AREA / 2) * still.length;
  }

  /** Pixels that stood in all pictures (0 in `still`), and how many have texture, move, stand. */
  #standing() {
    const n = this.#count;
    const still = new Uint8Array(this.width * this.height).fill(255);
    let [textured, moving, standing] = [0, 0, 0];
    for (let k = 0; k < still.length; k++) {
      const gradient = this.#sums.magnitude[k] / n;
      if (gradient < TEXTURE) continue;
      textured++;
      const kept = Math.hypot(this.#sums.x[k], this.#sums.y[k]) / this.#sums.magnitude[k];
      const wander = Math.sqrt(Math.max(0, this.#sums.squares[k] / n - (this.#sums.luma[k] / n) ** 2));
      if (kept < LOSES) moving++;
      if (kept < KEEPS || wander > Math.max(NOISE, WANDER * gradient)) continue;
      still[k] = 0;
      standing++;
    }
    return { still, textured, moving, standing };
  }

  /** Whether what the mask leaves moves as a camera that is held by hand would let it move. */
  #movesTogether(mask: Uint8Array): boolean {
    const every = Math.max(1, Math.floor(this.#pairs.length / PAIRS));
    const pairs = this.#pairs.filter((_, i) => i % every === 0);
    let [together, straight] = [0, 0];
    for (const [first, second] of pairs) {
      const { from, to } = trackBetween(first, second);
      const used = Array.from({ length: from.length / 2 }, (_, i) => i).filter((i) => {
        const [x, y] = [Math.round(from[2 * i]), Math.round(from[2 * i + 1])];
        return Number.isFinite(to[2 * i]) && mask[y * this.width + x] !== 0;
      });
      const pick = (points: Float64Array) => Float64Array.from(used.flatMap((i) => [points[2 * i], points[2 * i + 1]]));
      const [before, after] = [pick(from), pick(to)];
      const h = robustHomography(before, after);
      if (h === undefined) continue;
      const off = used.filter((_, i) => {
        const [u, v] = applyHomography(h, before[2 * i], before[2 * i + 1]);
        return Math.hypot(u - after[2 * i], v - after[2 * i + 1]) > TOLERANCE;
      });
      const corners = [0, 1].flatMap((i) =>
        [0, 1].map((j) => {
          const [x, y] = [i * (this.width - 1), j * (this.height - 1)];
          const [u, v] = applyHomography(h, x, y);
          return [u - x, v - y];
        }),
      );
      const most = Math.max(...corners.map(([u, v]) => Math.hypot(u, v)));
      if (used.length >= 12 && off.length <= (1 - TOGETHER) * used.length && most >= FAR) together++;
      const within = (axis: 0 | 1) => corners.every((move) => Math.abs(move[axis]) < STRAIGHT);
      if (within(0) || within(1)) straight++;
    }
    return together >= TOGETHER * pairs.length && straight < TOGETHER * pairs.length;
  }
}

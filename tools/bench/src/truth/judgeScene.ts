import type { Homography, Size } from '@gimbal/core';
import { applyHomography } from '@gimbal/core/geometry';
import { lumaImage, type MotionStep, robustHomography, trackBetween, WobbleMeter } from '@gimbal/metrics';
import { openVideo } from '@gimbal/video';

/** What became of a scene, from the decoded output. */
export interface SceneFigures {
  /** Change of speed of what the picture shows, RMS, px at 640 wide: of the camera as it was, and in the output. */
  readonly shakeIn: number;
  readonly shakeOut: number;
  /** Largest and smallest speed over six frames, as a share of the intended one. */
  readonly fastest: number;
  readonly slowest: number;
  /** How much larger the output shows things. */
  readonly zoom: number;
}

/** Frames over which a speed is taken: tracks are good to a few hundredths of a pixel a frame. */
const SPEED_FRAMES = 6;
/** Of the pairs of input and output frames every so many-th is compared for the zoom. */
const ZOOM_EVERY = 12;
/** Where speeds are measured: four places at so much of the width and height from the centre. */
const BOX = 0.3;

type Move = readonly [number, number];

/**
 * Judges a stabilized scene by the known path of its camera. The output's motion is that of corners tracked through it, which shares nothing
 * with an estimator.
 * @param truth Steps of the camera with its shake. @param intended Without it.
 */
export async function judgeScene(
  input: string,
  output: string,
  truth: readonly Homography[],
  intended: readonly Homography[],
): Promise<SceneFigures> {
  const size = { width: 640, height: 360 };
  const [before, after] = [await openVideo(input), await openVideo(output)];
  try {
    const meter = new WobbleMeter(after.info.frameRate);
    const zooms: number[] = [];
    const originals = before.frames()[Symbol.asyncIterator]();
    let index = 0;
    for await (const frame of after.frames()) {
      const original = (await originals.next()).value;
      if (frame.memory !== 'host') throw new Error('expected frames in host memory');
      const image = lumaImage(frame, size);
      meter.take(image, false);
      if (index++ % ZOOM_EVERY === 0 && original?.memory === 'host') {
        const { from, to } = trackBetween(lumaImage(original, size), image);
        const h = robustHomography(from, to);
        if (h !== undefined) zooms.push(Math.sqrt(Math.abs(h[0] * h[4] - h[1] * h[3])));
      }
      original?.close();
      frame.close();
    }
    await originals.return?.();
    const shown = meter.motion();
    const zoom = middle(zooms);
    const [lowest, highest] = speeds(shown, intended, size, zoom);
    return {
      shakeIn: shake(truth, size),
      shakeOut: shake(shown, size),
      fastest: highest,
      slowest: lowest,
      zoom,
    };
  } finally {
    await before.close();
    await after.close();
  }
}

function moves(step: MotionStep | undefined, { width, height }: Size): Move[] | undefined {
  if (step === undefined || typeof step === 'string') return undefined;
  return [-1, 1].flatMap((i) =>
    [-1, 1].map((j): Move => {
      const [x, y] = [width * (0.5 + i * BOX), height * (0.5 + j * BOX)];
      const [u, v] = applyHomography(step, x, y);
      return [u - x, v - y];
    }),
  );
}

/** Change of the displacement at four places from one step to the next, RMS. */
function shake(steps: readonly MotionStep[], size: Size): number {
  let sum = 0;
  let count = 0;
  for (let t = 0; t + 1 < steps.length; t++) {
    const [a, b] = [moves(steps[t], size), moves(steps[t + 1], size)];
    if (a === undefined || b === undefined) continue;
    for (let k = 0; k < 4; k++) sum += ((b[k][0] - a[k][0]) ** 2 + (b[k][1] - a[k][1]) ** 2) / 4;
    count++;
  }
  return count === 0 ? Number.NaN : Math.sqrt(sum / count);
}

/** Least and greatest speed in the direction of the intended motion, as shares of the greatest intended one. */
function speeds(
  shown: readonly MotionStep[],
  intended: readonly Homography[],
  size: Size,
  zoom: number,
): [number, number] {
  const mean = (step: MotionStep | undefined): Move | undefined => {
    const own = moves(step, size);
    return own && [own.reduce((sum, m) => sum + m[0], 0) / 4, own.reduce((sum, m) => sum + m[1], 0) / 4];
  };
  const wanted = intended.map((step) => mean(step) as Move);
  const length = Math.max(...wanted.map(([x, y]) => Math.hypot(x, y)));
  const [dx, dy] = wanted.find(([x, y]) => Math.hypot(x, y) === length) ?? [0, 0];
  if (length < 1e-6) return [Number.NaN, Number.NaN];
  const along = shown.map((step) => {
    const own = mean(step);
    return own === undefined ? Number.NaN : (own[0] * dx + own[1] * dy) / length / (length * zoom);
  });
  const smooth = along
    .slice(SPEED_FRAMES - 1)
    .map((_, t) => along.slice(t, t + SPEED_FRAMES).reduce((sum, value) => sum + value, 0) / SPEED_FRAMES)
    .filter(Number.isFinite);
  return [Math.min(...smooth), Math.max(...smooth)];
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[sorted.length >> 1];
}

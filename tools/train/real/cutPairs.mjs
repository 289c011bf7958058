// Cuts labelled pairs out of one clip: short bursts of frames, each pair within a burst labelled by the classical estimator.
import { applyHomography, cornerError, frameCorners, invertHomography, rescaleHomography } from '@gimbal/core/geometry';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { resizeArea } from '@gimbal/native';
import { openVideo } from '@gimbal/video';

/** Offsets of the frames of a burst: its six pairs lie 1, 2, 3, 4, 6 and 7 frames apart. */
const BURST = [0, 1, 3, 7];
/** The grid that the networks see; the gates below are in its pixels. */
const GRID = { width: 128, height: 128 };
/** The whole frame as one pixel: coordinates from -0.5 to 0.5 whatever the frame's size. */
const UNIT = { width: 1, height: 1 };

/** What a label must fulfil. Distances in pixels of the grid. */
export const GATES = {
  confidence: 0.5,
  /** Share of the frame's cells that hold an inlier. */
  coverage: 0.35,
  /** Expected error at the corners, and what forward and backward disagree by there. */
  sigma: 0.25,
  roundTrip: 0.25,
  /** Robust scale of the inliers' residuals. */
  residual: 0.25,
  /** Largest corner motion. */
  reach: 30,
};

/**
 * @typedef {object} Cut
 * @property {Uint8Array[]} frames Grey, `side × side`, row by row; only frames that a pair uses.
 * @property {{ first: number, second: number, step: number, sigma: number, homography: Float64Array }[]} pairs Indices into `frames`; the
 *   homography maps the first frame to the second in coordinates from -0.5 to 0.5.
 * @property {number} tried Pairs looked at.
 * @property {Record<string, number>} refused How many pairs each gate refused (the first that does).
 */

/**
 * @param {string} path The clip.
 * @param {number} side Width and height of the frames kept.
 * @param {number} bursts At most so many bursts, evenly spread.
 * @returns {Promise<Cut>}
 */
export async function cutPairs(path, side, bursts) {
  const source = await openVideo(path, { threads: 2 });
  const { width, height } = source.info;
  const estimator = await createClassicalEstimator({
    analysisSize: Math.max(width, height),
    corners: 1200,
    continuity: false,
  });
  const frameCount = source.info.frameCount ?? 300;
  const span = BURST[BURST.length - 1] + 1;
  const stride = Math.max(span, Math.floor(frameCount / bursts));
  const cut = { frames: [], pairs: [], tried: 0, refused: {} };
  let held = [];
  try {
    for await (const frame of source.frames()) {
      const place = frame.index % stride;
      if (BURST.includes(place) && frame.index < bursts * stride) held.push(frame);
      else frame.close();
      if (place === span - 1 && held.length === BURST.length) {
        await cutBurst(estimator, held, { width, height }, side, cut);
        for (const one of held) one.close();
        held = [];
      }
    }
  } finally {
    for (const one of held) one.close();
    await estimator.dispose?.();
    await source.close();
  }
  return cut;
}

async function cutBurst(estimator, frames, size, side, cut) {
  const places = new Map();
  const placeOf = async (i) => {
    if (!places.has(i)) {
      places.set(i, cut.frames.length);
      cut.frames.push(await small(frames[i], side));
    }
    return places.get(i);
  };
  for (let i = 0; i < frames.length; i++) {
    for (let j = i + 1; j < frames.length; j++) {
      cut.tried++;
      const label = await labelOf(estimator, frames[i], frames[j], size);
      if (label.refusedBy) {
        cut.refused[label.refusedBy] = (cut.refused[label.refusedBy] ?? 0) + 1;
        continue;
      }
      const homography = rescaleHomography(label.homography, size, UNIT).map((v, _, h) => v / h[8]);
      const step = frames[j].index - frames[i].index;
      cut.pairs.push({ first: await placeOf(i), second: await placeOf(j), step, sigma: label.sigma, homography });
    }
  }
}

/** The classical answer for a pair, or the gate that refuses it. */
async function labelOf(estimator, previous, current, size) {
  const { field, coverage, cornerSigma, residual } = await estimator.trace(previous, current);
  // From pixels of the analysis (the frame's own) to those of the grid along the shorter side, where a pixel is worth more.
  const scale = GRID.width / Math.min(size.width, size.height);
  if (field.verdict !== 'ok' || field.model === 'identity') return { refusedBy: `verdict ${field.verdict}` };
  if (field.confidence < GATES.confidence) return { refusedBy: 'confidence' };
  if (coverage < GATES.coverage) return { refusedBy: 'coverage' };
  if (cornerSigma * scale > GATES.sigma) return { refusedBy: 'sigma' };
  if (residual * scale > GATES.residual) return { refusedBy: 'residual' };
  const homography = field.homographies;
  const onGrid = rescaleHomography(homography, size, GRID);
  if (reach(onGrid) > GATES.reach) return { refusedBy: 'reach' };
  const back = await estimator.estimate(current, previous);
  if (cornerError(invertHomography(onGrid), rescaleHomography(back.homographies, size, GRID), GRID) > GATES.roundTrip) {
    return { refusedBy: 'round trip' };
  }
  return { homography, sigma: cornerSigma * scale };
}

function reach(onGrid) {
  const corners = frameCorners(GRID);
  let most = 0;
  for (let k = 0; k < 8; k += 2) {
    const [x, y] = applyHomography(onGrid, corners[k], corners[k + 1]);
    most = Math.max(most, Math.hypot(x - corners[k], y - corners[k + 1]));
  }
  return most;
}

/** The frame's luma by area averaging, width and height scaled independently, as the estimator shows it to the network. */
async function small(frame, side) {
  const { data } = await resizeArea(frame.planes[0], frame.format, { width: side, height: side });
  return Uint8Array.from(data, (level) => Math.max(0, Math.min(255, Math.round(level))));
}

import { identityHomography } from '@gimbal/core/geometry';
import { BINS, type Condition } from './bins.js';
import { type Draws, draws } from './draws.js';
import { lightLeft, lowLight } from './lowLight.js';
import { blurDirections, MOTION_BLUR_MARGIN, motionBlur } from './motionBlur.js';
import { drawOccluders } from './occluders.js';
import type { Pair } from './pairList.js';
import { PHOTOMETRIC_MARGIN, photometric } from './photometric.js';
import type { Photos } from './photos.js';
import type { Picture } from './picture.js';
import { offsetHomography } from './quad.js';
import { drawSecondPlane } from './secondPlane.js';
import { patchOf, type View, viewOf } from './view.js';

/** Two gray patches of 128×128, row by row. */
export interface RenderedPair {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

const MARGINS: Partial<Record<Condition, number>> = { photometric: PHOTOMETRIC_MARGIN, blur: MOTION_BLUR_MARGIN };

/**
 * Renders a pair in float64. Second is the window as it is; `first(x) = second(h(x))` with `h` moving the corners by the pair's offsets, bilinear
 * from the 320×240 photo; then the bin's degradation from the pair's seed, then rounding to 8 bits.
 * @param photos Must hold all photos of the list: foreign textures are drawn from them.
 * @throws Error for an unknown bin or photo.
 */
export function renderPair(pair: Pair, photos: Photos): RenderedPair {
  const bin = BINS.find(({ name }) => name === pair.bin);
  const photo = photos.get(pair.photo);
  if (!bin || !photo) throw new Error(`The pair's bin "${pair.bin}" or photo ${pair.photo} is not known.`);
  const margin = MARGINS[bin.condition] ?? 0;
  const first = viewOf(photo, pair.x, pair.y, offsetHomography(pair.offsets), margin);
  const second = viewOf(photo, pair.x, pair.y, identityHomography(), margin);
  const random = draws(pair.seed);
  const foreign = () => foreignPhoto(pair.photo, photos, random);
  const [a, b] = ((): [View, View] => {
    switch (bin.condition) {
      case 'clean':
        return [first, second];
      case 'photometric':
        return [photometric(first, random), photometric(second, random)];
      case 'blur': {
        const directions = blurDirections(random);
        return [motionBlur(first, directions[0]), motionBlur(second, directions[1])];
      }
      case 'lowlight': {
        const light = lightLeft(random);
        return [lowLight(first, light, random), lowLight(second, light, random)];
      }
      case 'occluder10':
        return drawOccluders(foreign(), 0.1, bin.motion, random)(first, second);
      case 'occluder20':
        return drawOccluders(foreign(), 0.2, bin.motion, random)(first, second);
      case 'occluder40':
        return drawOccluders(foreign(), 0.4, bin.motion, random)(first, second);
      case 'parallax':
        return drawSecondPlane(foreign(), pair.offsets, random)(first, second);
    }
  })();
  return { first: patchOf(a), second: patchOf(b) };
}

/** Any photo but the pair's own. */
function foreignPhoto(own: number, photos: Photos, random: Draws): Picture {
  const others = [...photos.keys()].filter((number) => number !== own).sort((a, b) => a - b);
  return photos.get(others[random.integer(0, others.length - 1)]) as Picture;
}

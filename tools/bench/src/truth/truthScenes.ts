import type { SyntheticClipOptions } from '@gimbal/fixtures';

/** A scene with a known camera path, and what is to be asked of it. */
export interface TruthScene {
  readonly name: string;
  readonly clip: SyntheticClipOptions;
  /** Whether the intended motion is even from the first frame to the last, so that the output's must be. */
  readonly even?: boolean;
  /** Whether the camera stands, pans and stands: it must not overshoot. What is left of the shake is not asked then, as the pan starts at once. */
  readonly stops?: boolean;
  /** Whether something in the picture moves or stands by itself: figures are shown, the targets of plain scenes do not apply. */
  readonly nuisance?: boolean;
}

const PLAIN = {
  frames: 110,
  shake: 4,
  pan: 0,
  parallax: 0,
  movingObject: false,
  slowestShake: 2,
} satisfies SyntheticClipOptions;

const plain = (name: string, clip: SyntheticClipOptions, more: Omit<TruthScene, 'name' | 'clip'> = {}): TruthScene => ({
  name,
  clip: { ...PLAIN, ...clip },
  ...more,
});

/** Speeds are in pixels a second at 640 wide, at 30 frames a second. */
export const truthScenes: readonly TruthScene[] = [
  plain('hold', {}),
  plain('pan-1', { pan: 30 }, { even: true }),
  plain('pan-3', { pan: 90 }, { even: true }),
  plain('pan-12', { pan: 360 }, { even: true }),
  plain('tilt-5', { tilt: 150 }, { even: true }),
  plain('zoom-in', { zoomRate: 1.2 }),
  plain('turn', { turn: 10 }),
  plain('walk-5', { walk: 5, zoomRate: 1.05 }),
  plain('walk-12', { walk: 12, zoomRate: 1.05 }),
  plain('stand-pan-stand', { shake: 1, pan: 390, panFrom: 1.2, panTo: 2.5 }, { stops: true }),
  plain('long-stand-pan-stand', { frames: 300, shake: 1, pan: 180, panFrom: 3.5, panTo: 6.5 }, { stops: true }),
  plain('24-in-30', { pan: 90, picturesPerSecond: 24 }, { even: true }),
  plain('25-in-30', { pan: 240, picturesPerSecond: 25 }, { even: true }),
  plain('rolling-shutter', { pan: 60, readout: 0.8 }, { nuisance: true }),
  plain('depth', { pan: 60, parallax: 0.5 }, { nuisance: true }),
  plain('passer-by', { pan: 30, movingObject: true, objectRadius: 0.2 }, { nuisance: true }),
  plain('bars', { pan: 60, nuisances: ['bars'] }, { nuisance: true }),
  plain('logo', { pan: 60, nuisances: ['logo'] }, { nuisance: true }),
  plain('subtitles', { pan: 60, nuisances: ['subtitles'] }, { nuisance: true }),
  plain('body', { pan: 30, nuisances: ['body'] }, { nuisance: true }),
  plain('night', { pan: 30, nuisances: ['night'] }, { nuisance: true }),
  plain('flicker', { pan: 30, nuisances: ['flicker'] }, { nuisance: true }),
  plain('noise', { pan: 30, nuisances: ['noise'] }, { nuisance: true }),
];

import { GimbalError } from '../errors.js';
import type { Size } from '../frame/frame.js';
import {
  homographyToRotation,
  multiplyQuaternions,
  type Quaternion,
  quaternionToRotation,
  rotationToQuaternion,
} from '../geometry/rotation.js';
import { shotPath } from '../path/shotPath.js';
import { displayMotion, pixelAspectOf } from '../plan/displayProportions.js';
import { type ClipMotion, shotsOf } from './clipMotion.js';

/** Where the camera looked in one frame. A point X of the world (the axes of its shot's first frame) is at R · X + t in camera axes. */
export interface CameraPose {
  /** Zero-based position in the clip. */
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  /** Zero-based shot; every shot has a world of its own, for a cut says nothing of where the camera went. */
  readonly shot: number;
  /** `R` as a unit quaternion [w, x, y, z]; neighbours within a shot never differ in sign. */
  readonly qvec: Quaternion;
  /** World to camera, nine numbers row by row; axes are x right, y down, z forward. */
  readonly R: readonly number[];
  /** Always [0, 0, 0]: see {@link cameraTrajectory}. */
  readonly t: readonly [number, number, number];
}

/** The measured path of the camera as poses, with the pinhole camera that they assume. */
export interface CameraTrajectory {
  readonly size: Size;
  /** Focal length in rows, which is pixels where those are square. The principal point is the frame's centre. */
  readonly focal: number;
  /** Width of a pixel over its height: along x the focal length is `focal / pixelAspect` stored pixels. */
  readonly pixelAspect: number;
  readonly estimator: string;
  readonly poses: readonly CameraPose[];
}

/** The camera that {@link cameraTrajectory} assumes. */
export interface TrajectoryOptions {
  /** Focal length in rows. Default: the longer side of the frame as it is shown (a field of view of 53° along it). */
  readonly focal?: number | undefined;
}

/**
 * The camera's orientation in every frame, before any smoothing, under the assumption that it only turned: a homography between two
 * views of an unknown scene does not tell how far a camera moved, so t is 0 throughout and what was movement shows up as turning.
 * Each step is the rotation that best carries the frame's viewing rays along with H; their product is kept as a quaternion of length 1, so nothing drifts away from a
 * rotation however long the clip. Repeated frames repeat the pose, steps without evidence take the speed of their neighbours.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a focal length that is not positive.
 */
export function cameraTrajectory(motion: ClipMotion, options: TrajectoryOptions = {}): CameraTrajectory {
  const { size } = motion;
  const pixelAspect = pixelAspectOf(motion);
  const shown = displayMotion(motion);
  const focal = options.focal ?? Math.max(size.width * pixelAspect, size.height);
  if (!(focal > 0 && Number.isFinite(focal))) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The focal length must be a positive number of pixels, not ${focal}.`,
    );
  }
  const poses: CameraPose[] = [];
  for (const [number, shot] of shotsOf(motion).entries()) {
    const { steps } = shotPath(shown, shot);
    let qvec: Quaternion = [1, 0, 0, 0];
    for (let k = 0; k <= steps.length; k++) {
      if (k > 0) {
        const turn = homographyToRotation(steps[k - 1], focal, (shown.size.width - 1) / 2, (shown.size.height - 1) / 2);
        qvec = multiplyQuaternions(rotationToQuaternion(turn), qvec);
      }
      const index = shot.start + k;
      const R = Array.from(quaternionToRotation(qvec));
      poses.push({ index, time: motion.times[index], shot: number, qvec, R, t: [0, 0, 0] });
    }
  }
  return { size, focal, pixelAspect, estimator: motion.estimator, poses };
}

import type { CameraTrajectory } from '@gimbal/core';

/**
 * A trajectory as a JSON document, one frame a line: `{ format, version, estimator, convention, camera, frames }`. In `frames`, `R` is
 * three rows of three, `qvec` is [w, x, y, z], and pixels have their centres on integers (`cx = (width − 1) / 2`).
 */
export function trajectoryJson({ size, focal, pixelAspect, estimator, poses }: CameraTrajectory): string {
  const head = {
    format: 'gimbal-trajectory',
    version: 1,
    estimator,
    convention: 'world to camera, x right, y down, z forward; world = first frame of the shot; rotation only, t = 0',
    camera: {
      model: 'PINHOLE',
      width: size.width,
      height: size.height,
      fx: focal / pixelAspect,
      fy: focal,
      cx: (size.width - 1) / 2,
      cy: (size.height - 1) / 2,
    },
  };
  const frames = poses.map(({ R, ...pose }) =>
    JSON.stringify({ ...pose, R: [R.slice(0, 3), R.slice(3, 6), R.slice(6, 9)] }),
  );
  return `${JSON.stringify(head).slice(0, -1)},"frames":[\n${frames.join(',\n')}\n]}\n`;
}

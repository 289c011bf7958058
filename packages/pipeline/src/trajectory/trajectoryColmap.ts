import type { CameraTrajectory } from '@gimbal/core';

/** The three files of a COLMAP text model, by name. */
export interface ColmapFiles {
  readonly 'cameras.txt': string;
  readonly 'images.txt': string;
  readonly 'points3D.txt': string;
}

/**
 * A trajectory as the contents of a COLMAP text model (https://colmap.github.io/format.html). One PINHOLE camera a shot, because shots
 * do not share a world; its principal point is in COLMAP's convention, where the centre of the first pixel is (0.5, 0.5). IMAGE_ID and
 * the number in the name count from 1, as `ffmpeg -i clip frame_%06d.png` does. There are no points: only directions were measured.
 */
export function trajectoryColmap({ size, focal, pixelAspect, poses }: CameraTrajectory): ColmapFiles {
  const cameras = poses.length === 0 ? 0 : poses[poses.length - 1].shot + 1;
  const camera = `PINHOLE ${size.width} ${size.height} ${focal / pixelAspect} ${focal} ${size.width / 2} ${size.height / 2}`;
  const images = poses.map(({ index, shot, qvec, t }) => {
    const id = index + 1;
    return `${id} ${qvec.join(' ')} ${t.join(' ')} ${shot + 1} frame_${String(id).padStart(6, '0')}.png\n\n`;
  });
  return {
    'cameras.txt': [
      '# Camera list with one line of data per camera:\n',
      '#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n',
      `# Number of cameras: ${cameras}\n`,
      ...Array.from({ length: cameras }, (_, shot) => `${shot + 1} ${camera}\n`),
    ].join(''),
    'images.txt': [
      '# Image list with two lines of data per image:\n',
      '#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n',
      '#   POINTS2D[] as (X, Y, POINT3D_ID)\n',
      `# Number of images: ${poses.length}, mean observations per image: 0\n`,
      ...images,
    ].join(''),
    'points3D.txt': [
      '# 3D point list with one line of data per point:\n',
      '#   POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[] as (IMAGE_ID, POINT2D_IDX)\n',
      '# Number of points: 0, mean track length: 0\n',
    ].join(''),
  };
}

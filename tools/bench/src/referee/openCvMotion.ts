import path from 'node:path';
import { successfulRun } from '../measuredRun.js';
import { root } from '../places.js';
import { type JudgedMotion, parseJudgedMotion } from './judgedMotion.js';

const SCRIPT = path.join(root, 'tools/bench/referee/motion.py');

/** What judges here, e.g. `OpenCV 4.6.0, MAGSAC`, or why nothing can. */
export async function openCvJudge(python: string): Promise<{ readonly about: string } | { readonly problem: string }> {
  const question =
    "import cv2; print('OpenCV', cv2.__version__ + ',', 'MAGSAC' if hasattr(cv2, 'USAC_MAGSAC') else 'RANSAC')";
  try {
    const { stdout } = await successfulRun([python, '-c', question]);
    await successfulRun(['ffmpeg', '-version']);
    return { about: stdout.trim() };
  } catch (error) {
    const said = (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1);
    return {
      problem: `it needs ffmpeg and a Python with OpenCV (apt-get install ffmpeg python3-opencv; --python): ${said}`,
    };
  }
}

/** Asks both judges about every pair of consecutive frames of a clip. One thread, so that clips can be judged side by side. */
export async function openCvMotion(python: string, clip: string): Promise<JudgedMotion> {
  const alone = ['env', 'OMP_NUM_THREADS=1', 'OPENBLAS_NUM_THREADS=1'];
  const { stdout } = await successfulRun([...alone, python, SCRIPT, clip]);
  return parseJudgedMotion(stdout);
}

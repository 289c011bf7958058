"""How far the judges of motion.py are from the truth: photos seen by a shaking camera, with noise, encoded.

usage: known_motion.py PHOTOS     a folder with at least four photos
Prints a line a clip and judge: shake and noise, pairs lost, error of the corners (median over pairs of the root mean square
over eight coordinates, px of 640x360), and jitter (as packages/metrics has it), true and measured.
"""

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from motion import CONTRAST, FEATURES, Floats, flow_motion, frames, sift_motion, view

WIDTH, HEIGHT = 640, 360
CORNERS = np.array([[0, 0], [WIDTH - 1, 0], [WIDTH - 1, HEIGHT - 1], [0, HEIGHT - 1]], np.float32)
FRAMES = 40
# Shake of the camera, px a frame, and of the noise, of 255 (standard deviations).
CASES = [(0.1, 1.0), (0.3, 2.0), (1.0, 2.0), (0.3, 6.0)]


def clip(photo: Path, file: Path, shake: float, noise: float, rng: np.random.Generator) -> list[Floats]:
    """Writes a clip of a photo and returns the true homographies, previous -> current."""
    taken = cv2.imread(str(photo), cv2.IMREAD_GRAYSCALE)
    if taken is None:
        raise SystemExit(f"{photo} is no picture that OpenCV reads")
    picture = cv2.resize(taken, (1280, 960), interpolation=cv2.INTER_AREA)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.8)
    views = []
    pixels = b""
    for index in range(FRAMES):
        offset = np.array([260, 240]) + index * np.array([1.5, 0.5])
        moved = rng.normal(0, shake, (1, 2)) + rng.normal(0, shake / 4, (4, 2))
        views.append(cv2.getPerspectiveTransform((CORNERS + offset + moved).astype(np.float32), CORNERS))
        seen = cv2.warpPerspective(picture, views[-1], (WIDTH, HEIGHT), flags=cv2.INTER_LANCZOS4)
        noisy = seen.astype(np.float64) + rng.normal(0, noise, seen.shape)
        pixels += np.clip(noisy, 0, 255).round().astype(np.uint8).tobytes()
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-i", "-"]
    command += ["-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p", str(file)]
    subprocess.run(command, input=pixels, check=True)
    return [after @ np.linalg.inv(before) for before, after in itertools.pairwise(views)]


def corner_moves(homography: Floats) -> Floats:
    """Displacements of the corners, (4, 2)."""
    corners = CORNERS.astype(np.float64)
    return np.asarray(cv2.perspectiveTransform(corners[None], homography)[0] - corners, np.float64)


def spread(a: Floats, b: Floats) -> float:
    """Root mean square of a difference over all coordinates."""
    return float(np.sqrt(np.mean(np.square(a - b))))


def jitter(moves: list[Floats | None]) -> float:
    """Median over frames of the corners' second difference."""
    both = itertools.pairwise(moves)
    return float(np.median([spread(a, b) for a, b in both if a is not None and b is not None]))


def main() -> None:
    """Reads the folder that the command line names."""
    cv2.setNumThreads(1)
    sift = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=CONTRAST)
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    photos = sorted(Path(sys.argv[1]).glob("*.jpg"))[: len(CASES)]
    for photo, (shake, noise) in zip(photos, CASES, strict=True):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "known.mkv"
            truth = clip(photo, file, shake, noise, np.random.default_rng(1))
            views = [view(sift, gray) for gray in frames(str(file))]
        true = [corner_moves(step) for step in truth]
        pairs = list(itertools.pairwise(views))
        answers = {"sift": [sift_motion(a, b)[0] for a, b in pairs], "flow": [flow_motion(dis, a, b)[0] for a, b in pairs]}
        for judge, found in answers.items():
            moves = [None if step is None else corner_moves(step) for step in found]
            errors = [spread(a, b) for a, b in zip(moves, true, strict=True) if a is not None]
            figures = f"error {np.median(errors):.3f}, jitter {jitter(list(true)):.3f} measured {jitter(moves):.3f}"
            print(f"shake {shake}, noise {noise}, {judge}: lost {len(moves) - len(errors)}, {figures}", flush=True)


if __name__ == "__main__":
    main()

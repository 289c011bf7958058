"""SIFT and RANSAC of OpenCV on rendered pairs: how far the corners of each first patch move.

usage: sift_ransac.py PIXELS     the file holds pairs of 128x128 gray patches, first and second in turn
Prints a line a pair: eight numbers (x, y of top left, top right, bottom right, bottom left) or "none" where no homography was
found.
"""

import sys
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

PATCH = 128
CORNERS = np.array([[0, 0], [127, 0], [127, 127], [0, 127]], dtype=np.float64)

# The settings that answered best on these pairs among two dozen, for SIFT to have its best chance: on patches this small even
# weak keypoints are needed (OpenCV's default of 0.04 gives 2 to 5 times the error), and RANSAC copes with more wrong matches
# than a strict ratio test lets pass.
CONTRAST = 0.002
RATIO = 0.9
REPROJECTION = 2.0
ITERATIONS = 5000


def keypoints(sift: cv2.SIFT, image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Places (n, 2) and descriptors (n, 128) of an image; no descriptors where nothing was found."""
    found, descriptors = sift.detectAndCompute(image, None)
    places = np.array([point.pt for point in found], dtype=np.float32).reshape(-1, 2)
    return places, None if descriptors is None else np.asarray(descriptors, np.float32)


def corner_offsets(sift: cv2.SIFT, first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """How far the first patch's corners move, (4, 2) pixels; None without a homography."""
    places_a, descriptors_a = keypoints(sift, first)
    places_b, descriptors_b = keypoints(sift, second)
    if descriptors_a is None or descriptors_b is None or len(descriptors_b) < 2:
        return None
    matches = cv2.BFMatcher(cv2.NORM_L2).knnMatch(descriptors_a, descriptors_b, k=2)
    good = [best for best, other in matches if best.distance < RATIO * other.distance]
    if len(good) < 4:
        return None
    source = places_a[[match.queryIdx for match in good]]
    target = places_b[[match.trainIdx for match in good]]
    cv2.setRNGSeed(1)
    homography, _ = cv2.findHomography(source, target, cv2.RANSAC, REPROJECTION, maxIters=ITERATIONS, confidence=0.999)
    if homography is None:
        return None
    return np.asarray(cv2.perspectiveTransform(CORNERS[None], homography)[0] - CORNERS, np.float64)


def answers(pixels: NDArray[np.uint8]) -> Iterator[str]:
    """The lines to print for pairs (n, 2, 128, 128)."""
    sift = cv2.SIFT.create(contrastThreshold=CONTRAST)
    for first, second in pixels:
        offsets = corner_offsets(sift, first, second)
        yield "none" if offsets is None else " ".join(repr(float(value)) for value in offsets.ravel())


def main() -> None:
    """Reads the file that the command line names."""
    pixels = np.fromfile(sys.argv[1], dtype=np.uint8).reshape(-1, 2, PATCH, PATCH)
    print("\n".join(answers(pixels)))


if __name__ == "__main__":
    main()

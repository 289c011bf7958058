"""The motion between consecutive frames of a clip, by two judges of OpenCV that share nothing with Gimbal.

usage: motion.py CLIP
`ffmpeg` decodes the luma, at most 640 pixels wide. The first line printed is "size WIDTH HEIGHT", the size that the answers are
for; then comes a line a judge and pair, in order: "sift" or "flow", nine numbers (the homography previous -> current,
row-major, pixel centres on integers) or "none", and the share of what was matched that agrees.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Floats = NDArray[np.float64]
Answer = tuple[Floats | None, float]

WIDEST = 640

# Half of OpenCV's contrast threshold, for dark and blurred frames to have points enough; the strongest are kept where there are
# too many.
FEATURES = 1500
CONTRAST = 0.02
RATIO = 0.8

# How far a point may lie from where the homography takes it, px, and how many points must agree, for an answer to count. The
# flow of blurred frames is good to 2 px only; this is just where its least squares begin.
SIFT_REPROJECTION = 1.0
FLOW_REPROJECTION = 2.0
FEWEST = 20
SMALLEST_SHARE = 0.15

# The flow means something where there is texture in both directions: eigenvalues (cv2.cornerMinEigenVal) from here on.
TEXTURE = 2e-5
# Of each row and column: patches of the flow lie 3 pixels apart, and what is between them says nothing new.
EVERY = 3
TUKEY = 4.685
# Below this spread, px, residuals are the flow's own noise.
LEAST_SPREAD = 0.02
ROUNDS = 6


@dataclass(frozen=True)
class View:
    """A frame with what is computed once of it."""

    gray: Gray
    places: NDArray[np.float32]
    descriptors: NDArray[np.float32] | None


def frames(clip: str) -> Iterator[Gray]:
    """Luma of every frame as decoded, none repeated or dropped for an even rate."""
    scale = f"scale='min({WIDEST},iw)':-2:flags=area"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", clip, "-map", "0:v:0", "-vf", scale]
    command += ["-vsync", "passthrough", "-pix_fmt", "gray", "-f", "yuv4mpegpipe", "-strict", "-1", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as decoder:
        assert decoder.stdout is not None
        words = decoder.stdout.readline().decode().split()
        if not words or words[0] != "YUV4MPEG2":
            raise SystemExit(f"ffmpeg gave no frames of {clip}")
        sizes = {word[0]: int(word[1:]) for word in words[1:] if word[0] in "WH"}
        while decoder.stdout.readline().startswith(b"FRAME"):
            data = decoder.stdout.read(sizes["W"] * sizes["H"])
            if len(data) < sizes["W"] * sizes["H"]:
                raise SystemExit(f"ffmpeg ended within a frame of {clip}")
            yield np.frombuffer(data, np.uint8).reshape(sizes["H"], sizes["W"])
    if decoder.returncode != 0:
        raise SystemExit(f"ffmpeg ended with {decoder.returncode} on {clip}")


def view(sift: cv2.SIFT, gray: Gray) -> View:
    """Finds the keypoints of a frame."""
    found, descriptors = sift.detectAndCompute(gray, None)
    places = np.array([point.pt for point in found], np.float32).reshape(-1, 2)
    return View(gray, places, None if descriptors is None else np.asarray(descriptors, np.float32))


def robust_homography(source: NDArray[np.float32], target: NDArray[np.float32], reprojection: float) -> Answer:
    """MAGSAC where this OpenCV has it, else RANSAC; the same seed for every pair."""
    method = getattr(cv2, "USAC_MAGSAC", cv2.RANSAC)
    cv2.setRNGSeed(1)
    found, mask = cv2.findHomography(source, target, method, reprojection, maxIters=2000, confidence=0.999)
    if found is None:
        return None, 0.0
    agreeing = np.count_nonzero(mask)
    share = float(agreeing) / len(source)
    return (np.asarray(found, np.float64) if agreeing >= FEWEST and share >= SMALLEST_SHARE else None), share


def sift_motion(previous: View, current: View) -> Answer:
    """From matched keypoints."""
    a, b = previous.descriptors, current.descriptors
    if a is None or b is None or len(a) < FEWEST or len(b) < FEWEST:
        return None, 0.0
    matches = cv2.BFMatcher(cv2.NORM_L2).knnMatch(a, b, k=2)
    good = [best for best, other in matches if best.distance < RATIO * other.distance]
    if len(good) < FEWEST:
        return None, 0.0
    source = previous.places[[match.queryIdx for match in good]]
    return robust_homography(source, current.places[[match.trainIdx for match in good]], SIFT_REPROJECTION)


def flow_motion(dis: cv2.DISOpticalFlow, previous: View, current: View) -> Answer:
    """From dense flow: MAGSAC on a few pixels, then least squares with Tukey's weights over all that have texture."""
    # OpenCV's type stubs do not know that there need not be a flow to begin with.
    flow = dis.calc(previous.gray, current.gray, None)  # type: ignore[call-overload]
    height, width = previous.gray.shape
    ys, xs = np.nonzero(cv2.cornerMinEigenVal(previous.gray, 5)[::EVERY, ::EVERY] > TEXTURE)
    ys, xs = EVERY * ys, EVERY * xs
    moved = flow[ys, xs]
    inside = (xs + moved[:, 0] >= 0) & (xs + moved[:, 0] < width) & (ys + moved[:, 1] >= 0) & (ys + moved[:, 1] < height)
    source = np.stack([xs, ys], axis=1)[inside].astype(np.float32)
    target = source + moved[inside]
    if len(source) < FEWEST:
        return None, 0.0
    few = slice(None, None, max(1, len(source) // 2000))
    start, share = robust_homography(source[few], target[few], FLOW_REPROJECTION)
    return (None if start is None else refined(start, source, target)), share


def refined(start: Floats, source: NDArray[np.float32], target: NDArray[np.float32]) -> Floats | None:
    """Gauss-Newton on the distances in the current frame; the spread of the residuals is taken anew in each round."""
    unit = np.array([[2 / WIDEST, 0, -1], [0, 2 / WIDEST, -1], [0, 0, 1]])
    h = unit @ start @ np.linalg.inv(unit)
    h /= h[2, 2]
    x, y = source.T * np.float32(2 / WIDEST) - np.float32(1)
    goal = target.T * np.float32(2 / WIDEST) - np.float32(1)
    zero, one = np.zeros_like(x), np.ones_like(x)
    for _ in range(ROUNDS):
        low = h.astype(np.float32)
        depth = low[2, 0] * x + low[2, 1] * y + low[2, 2]
        u = (low[0, 0] * x + low[0, 1] * y + low[0, 2]) / depth
        v = (low[1, 0] * x + low[1, 1] * y + low[1, 2]) / depth
        off = np.stack([goal[0] - u, goal[1] - v])
        distance = np.hypot(off[0], off[1])
        spread = max(1.4826 * float(np.median(distance)) / 1.177, LEAST_SPREAD * 2 / WIDEST)
        weight = np.square(np.clip(1 - np.square(distance / (TUKEY * spread)), 0, None)).astype(np.float32)
        keep = weight > 0
        if np.count_nonzero(keep) < FEWEST:
            return None
        rows_u = np.stack([x, y, one, zero, zero, zero, -u * x, -u * y]) / depth
        rows_v = np.stack([zero, zero, zero, x, y, one, -v * x, -v * y]) / depth
        normal = (rows_u * weight) @ rows_u.T + (rows_v * weight) @ rows_v.T
        right = (rows_u * weight) @ off[0] + (rows_v * weight) @ off[1]
        step = np.linalg.solve(normal.astype(np.float64), right.astype(np.float64))
        h = h + np.append(step, 0).reshape(3, 3)
    back: Floats = np.linalg.inv(unit) @ h @ unit
    return np.asarray(back / back[2, 2])


def line(judge: str, answer: Answer) -> str:
    """An answer as it is printed."""
    homography, share = answer
    numbers = "none" if homography is None else " ".join(repr(float(value)) for value in homography.ravel())
    return f"{judge} {numbers} {share:.4f}"


def main() -> None:
    """Reads the clip that the command line names."""
    cv2.setNumThreads(1)
    sift = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=CONTRAST)
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    previous: View | None = None
    for gray in frames(sys.argv[1]):
        current = view(sift, gray)
        if previous is None:
            print("size", gray.shape[1], gray.shape[0])
        else:
            print(line("sift", sift_motion(previous, current)))
            print(line("flow", flow_motion(dis, previous, current)))
        previous = current


if __name__ == "__main__":
    main()

"""What the corners' error can be at best under photometric change: the Cramér-Rao bound of every held-out pair.

Each frame is the scene through a tone curve and a Gaussian blur, plus white noise and the rounding to 8 bits; tones, blurs and
noise are taken as known, the scene is not. Two such frames say of a displacement at one frequency what the amplitude that they
share stands out of both noises by (the Fisher information of a delay between two noisy copies of a signal):
`(k1 k2)^2 / ((n1 k2)^2 + (n2 k1)^2)` times the scene's power. Taken for simpler than they are: one slope of the tone curve for
the whole frame, and the second frame's noise and blur at the first one's scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .heldout import CORNERS, Exposure, Image, N, draw_exposure, held_out_photos, homography_between, protocol_pair

ROUNDING = 1 / 12 / 255**2


class Bound(NamedTuple):
    """Of each pair, for an estimator that reaches the bound with Gaussian errors: the expected mean corner error in pixels, and
    how likely it is above 1 px."""

    error: np.ndarray
    over1: np.ndarray


def photometric_bound(pack: Path, count: int, samples: int = 400) -> Bound:
    """Of the pairs of the held-out set `32/photo`."""
    found, above = [], []
    random = np.random.default_rng(0)
    for covariance in _covariances(pack, count):
        # The error's distribution: independent axes of the covariance, turned back.
        values, vectors = np.linalg.eigh(covariance)
        drawn = random.normal(size=(samples, 8)) * np.sqrt(np.maximum(values, 0)) @ vectors.T
        errors = np.linalg.norm(drawn.reshape(samples, 4, 2), axis=-1).mean(1)
        found.append(errors.mean())
        above.append((errors > 1).mean())
    return Bound(np.array(found), np.array(above))


def _covariances(pack: Path, count: int) -> Iterator[np.ndarray]:
    photos = held_out_photos(pack)
    for i in range(count):
        first, _, shift = protocol_pair(photos[i % len(photos)], 32, np.random.default_rng([32, i]))
        random = np.random.default_rng([32, i, 1])
        exposures = []
        for _ in range(2):
            exposures.append(draw_exposure(random))
            random.normal(size=(N, N))  # the noise itself, which comes between
        yield corner_covariance(np.round(first) / 255, shift, exposures)


def corner_covariance(scene: Image, shift: np.ndarray, exposures: list[Exposure]) -> np.ndarray:
    """Of the eight corner displacements, pixels squared: the inverse of the Fisher information."""
    frequency = np.fft.fftfreq(2 * N)
    radius2 = frequency[:, None] ** 2 + frequency[None, :] ** 2
    blurs = [np.exp(-2 * (np.pi * e.blur) ** 2 * radius2) for e in exposures]
    noises = [_noise(scene, e) for e in exposures]
    gain = blurs[0] * blurs[1] / np.sqrt((noises[0] * blurs[1]) ** 2 + (noises[1] * blurs[0]) ** 2 + 1e-12)
    wide = np.pad(scene, N // 2, mode="reflect")
    seen = np.fft.ifft2(np.fft.fft2(wide) * gain).real[N // 2 : -N // 2, N // 2 : -N // 2]
    slope_y, slope_x = np.gradient(seen)
    across, down, inside = _motion_of_points(shift)
    columns = (slope_x * across + slope_y * down)[:, inside]
    return np.asarray(np.linalg.inv(columns @ columns.T + 1e-9 * np.eye(8)))


def _noise(scene: Image, exposure: Exposure) -> float:
    """Standard deviation in the scene's units: what the tone curve flattens is as if noisier, what it clips is silent."""
    value = exposure.gain * scene**exposure.gamma + exposure.bias
    slope = exposure.gain * exposure.gamma * np.clip(scene, 1 / 255, 1) ** (exposure.gamma - 1)
    slope = np.where((value < 0) | (value > 1), 0, slope)
    return float(np.sqrt((exposure.noise**2 + ROUNDING) / (np.mean(slope**2) + 1e-9)))


def _motion_of_points(shift: np.ndarray, step: float = 1e-3) -> tuple[Image, Image, np.ndarray]:
    """How far the first frame's points move (8, N, N) for a pixel of each corner displacement, and which points the second
    frame shows."""
    y, x = np.mgrid[0:N, 0:N].astype(float)

    def mapped(displacement: np.ndarray) -> tuple[Image, Image]:
        h = homography_between(CORNERS, CORNERS + displacement)
        w = h[2, 0] * x + h[2, 1] * y + 1
        return (h[0, 0] * x + h[0, 1] * y + h[0, 2]) / w, (h[1, 0] * x + h[1, 1] * y + h[1, 2]) / w

    there_x, there_y = mapped(shift)
    inside = (there_x > 0) & (there_x < N - 1) & (there_y > 0) & (there_y < N - 1)
    # Motion in the second frame, seen in the first one's grid by the inverse of the map's derivative.
    derivative = np.stack([np.stack(np.gradient(there_x)[::-1], -1), np.stack(np.gradient(there_y)[::-1], -1)], -2)
    back = np.linalg.inv(derivative)
    across, down = [], []
    for k in range(8):
        moved = shift.astype(float).copy()
        moved[k // 2, k % 2] += step
        moved_x, moved_y = mapped(moved)
        motion = back @ np.stack([(moved_x - there_x) / step, (moved_y - there_y) / step], -1)[..., None]
        across.append(motion[..., 0, 0])
        down.append(motion[..., 1, 0])
    return np.stack(across), np.stack(down), inside

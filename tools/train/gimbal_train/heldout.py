"""Fixed pairs of held-out photos, rendered in numpy in float64: they choose checkpoints and share no code with the
generator."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor

from .pack import read_pack

N = 128
SETS = ("32/clean", "8/clean", "2/clean", "32/photo", "32/occluder", "32/low", "8/motion")
Random = np.random.Generator
Image = np.ndarray


CORNERS = np.array([[0, 0], [N - 1, 0], [0, N - 1], [N - 1, N - 1]], float)


class HeldOut(NamedTuple):
    """Frames (n, 128, 128) uint8 and true corner displacements (n, 4, 2) float32, on the CPU."""

    first: Tensor
    second: Tensor
    corners: Tensor


def homography_between(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    rows, right = [], []
    for (x, y), (p, q) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -x * p, -y * p], [0, 0, 0, x, y, 1, -x * q, -y * q]]
        right += [p, q]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(right, float)), 1.0).reshape(3, 3)


def _bilinear(image: Image, x: np.ndarray, y: np.ndarray) -> Image:
    h, w = image.shape
    x, y = np.clip(x, 0, w - 1.001), np.clip(y, 0, h - 1.001)
    i, j = y.astype(np.intp), x.astype(np.intp)
    fy, fx = y - i, x - j
    top = image[i, j] * (1 - fx) + image[i, j + 1] * fx
    return np.asarray(top * (1 - fy) + (image[i + 1, j] * (1 - fx) + image[i + 1, j + 1] * fx) * fy)


def protocol_pair(photo: Image, rho: int, random: Random) -> tuple[Image, Image, np.ndarray]:
    """A whole-pixel window and whole-pixel corner displacements of a 320x240 photo; frames in 0..255, not yet rounded."""
    image = cv2.resize(photo, (320, 240), interpolation=cv2.INTER_LINEAR).astype(np.float64)
    x0, y0 = random.integers(32, 320 - 32 - N + 1), random.integers(32, 240 - 32 - N + 1)
    while True:
        shift = random.integers(-rho, rho + 1, (4, 2)).astype(float)
        h = homography_between(CORNERS, CORNERS + shift)
        if min(float(np.append(c, 1.0) @ h[2]) for c in CORNERS) > 0.2:
            break
    v, u = np.mgrid[0:N, 0:N].astype(float)
    w = h[2, 0] * u + h[2, 1] * v + 1
    x, y = (h[0, 0] * u + h[0, 1] * v + h[0, 2]) / w, (h[1, 0] * u + h[1, 1] * v + h[1, 2]) / w
    return _bilinear(image, x + x0, y + y0), image[y0 : y0 + N, x0 : x0 + N].copy(), shift


class Exposure(NamedTuple):
    """How a frame of brightness 0..1 was taken: `gain v^gamma + bias`, a Gaussian blur (pixels), Gaussian noise."""

    gamma: float
    gain: float
    bias: float
    blur: float
    noise: float


def draw_exposure(random: Random) -> Exposure:
    """Gamma e^±0.4, gain e^-0.6 to e^0.3, offset ±0.1, blur up to 1.5 px (none below 0.3), noise up to 0.05."""
    gamma, gain = np.exp(random.uniform(-0.4, 0.4)), np.exp(random.uniform(-0.6, 0.3))
    bias, blur, noise = random.uniform(-0.1, 0.1), random.uniform(0, 1.5), random.uniform(0, 0.05)
    return Exposure(gamma, gain, bias, blur if blur > 0.3 else 0.0, noise)


def _photo(frames: list[Image], photos: list[Image], random: Random) -> list[Image]:
    """Each frame as another exposure would show it."""
    out = []
    for frame in frames:
        e = draw_exposure(random)
        f = np.clip(frame / 255, 0, 1) ** e.gamma * e.gain + e.bias
        f = np.asarray(cv2.GaussianBlur(f, (0, 0), e.blur) if e.blur > 0 else f, float)
        out.append((f + random.normal(0, e.noise, f.shape)) * 255)
    return out


def _low(frames: list[Image], photos: list[Image], random: Random) -> list[Image]:
    """Gain 0.05 to 0.3, photon and read noise."""
    out = []
    for frame in frames:
        gain, photons = random.uniform(0.05, 0.3), random.uniform(500, 3000)
        light = random.poisson(frame / 255 * gain * photons) / photons
        out.append((light + random.normal(0, 0.003, frame.shape)) * 255)
    return out


def _motion(frames: list[Image], photos: list[Image], random: Random) -> list[Image]:
    """A straight 9 px smear per frame, each in its own direction."""
    out = []
    for frame in frames:
        angle = random.uniform(0, np.pi)
        steps = np.linspace(-4, 4, 33)
        v, u = np.mgrid[0:N, 0:N].astype(float)
        out.append(np.mean([_bilinear(frame, u + s * np.cos(angle), v + s * np.sin(angle)) for s in steps], 0))
    return out


def _occluder(frames: list[Image], photos: list[Image], random: Random) -> list[Image]:
    """A polygon of another photo over about 20 % of the frame, moving by itself."""
    first, second = (f.copy() for f in frames)
    texture = photos[random.integers(len(photos))].astype(np.float64)
    k = int(random.integers(5, 9))
    angles = np.sort(random.uniform(0, 2 * np.pi, k)) if random.random() < 0.5 else np.arange(k) * 2 * np.pi / k
    shape = np.stack([np.cos(angles), np.sin(angles)], 1) * random.uniform(0.7, 1.2, (k, 1))
    area = abs(float(cv2.contourArea(shape.astype(np.float32))))
    shape *= np.sqrt(0.2 * N * N / max(area, 0.5))
    centre, move = random.uniform(30, N - 30, 2), random.uniform(-24, 24, 2)
    for frame, at in ((second, centre), (first, centre + move)):
        mask = np.zeros((N, N), np.uint8)
        cv2.fillPoly(mask, [np.round((shape + at) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        shift = np.array([[1, 0, at[0] - 160], [0, 1, at[1] - 120]])
        moved = cv2.warpAffine(texture, shift, (N, N), borderMode=cv2.BORDER_REFLECT)
        frame[:] = frame * (1 - mask / 255.0) + moved * (mask / 255.0)
    return [first, second]


_KINDS: dict[str, Callable[[list[Image], list[Image], Random], list[Image]]] = {
    "clean": lambda frames, photos, random: frames,
    "photo": _photo,
    "low": _low,
    "motion": _motion,
    "occluder": _occluder,
}


def held_out_photos(path: Path) -> list[Image]:
    """Those of a pack that nothing is trained on."""
    images, held = read_pack(path)
    photos = [image for image, aside in zip(images, held, strict=True) if aside]
    if not photos:
        raise ValueError(f"expected held-out photos in {path}, found none; pack again")
    return photos


def held_out_pairs(path: Path, count: int, names: tuple[str, ...] = SETS) -> dict[str, HeldOut]:
    """`count` pairs per set from the held-out photos of a pack; the same pairs every time."""
    photos = held_out_photos(path)

    def render(name: str) -> HeldOut:
        motion, kind = name.split("/")
        first, second = np.empty((count, N, N), np.uint8), np.empty((count, N, N), np.uint8)
        corners = np.empty((count, 4, 2), np.float32)
        for i in range(count):
            # The same geometry for every kind of degradation of one motion.
            a, b, corners[i] = protocol_pair(photos[i % len(photos)], int(motion), np.random.default_rng([int(motion), i]))
            a, b = np.round(a), np.round(b)
            a, b = _KINDS[kind]([a, b], photos, np.random.default_rng([int(motion), i, 1]))
            first[i], second[i] = (np.clip(np.round(f), 0, 255).astype(np.uint8) for f in (a, b))
        return HeldOut(torch.from_numpy(first), torch.from_numpy(second), torch.from_numpy(corners))

    with ThreadPoolExecutor(8) as pool:
        return dict(zip(names, pool.map(render, names), strict=True))

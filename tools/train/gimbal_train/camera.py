"""What the camera does to both frames of a pair: of one kind for the pair, with strengths of their own."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import torch
from torch import Tensor

from .config import TrainConfig
from .degrade import Blur, Degradation


class Kinds(NamedTuple):
    """Strength (B, 1, 1, 1) in [0, 1] of each kind of pair; at most one of a pair is not 0, in a clean pair none."""

    photometric: Tensor
    motion: Tensor
    low: Tensor
    mixed: Tensor


def draw_kinds(d: Degradation, config: TrainConfig, strength: Tensor) -> Kinds:
    """By the shares of the record; what they leave of one is mixed."""
    shares = (config.clean, config.photometric, config.motion, config.low)
    if sum(shares) > 1 + 1e-6:
        raise ValueError(f"expected shares of clean, photometric, motion and low of at most 1 together, got {sum(shares):.3f}")
    drawn = d.uniform(0, 1, 1, 1, 1)
    limits = [sum(shares[: i + 1]) for i in range(4)] + [2.0]
    masks = [((drawn >= a) & (drawn < b)).float() * strength for a, b in itertools.pairwise(limits)]
    return Kinds(*masks)


def film(d: Degradation, first: Tensor, second: Tensor, kinds: Kinds) -> tuple[Tensor, Tensor]:
    """Tone, blur, light, noise and codec; rounded to 8 bit."""
    u = d.uniform
    angle = u(0, math.pi, 1, 1)
    # The second direction differs by 30 to 150 degrees.
    angles = (angle, angle + u(math.pi / 6, math.pi * 5 / 6, 1, 1))
    frames = [_expose(d, frame, kinds, angle) for frame, angle in ((first, angles[0]), (second, angles[1]))]
    return frames[0], frames[1]


def _expose(d: Degradation, frame: Tensor, kinds: Kinds, angle: Tensor) -> Tensor:
    u = d.uniform
    photometric, motion, low, mixed = kinds
    frame = d.tone(frame, torch.maximum(mixed * d.chance(0.7), torch.maximum(photometric, (motion + low) * d.chance(0.15))))
    smeared, plain = motion[:, 0] > 0, photometric[:, 0] > 0
    free = d.random_blur()
    sigma = u(0.1, 1.6, 1, 1)
    blur = Blur(
        torch.where(smeared, angle, free.angle),
        torch.where(smeared, u(2.5, 5.5, 1, 1), free.half),
        torch.where(plain, sigma, free.wide),
        torch.where(plain, sigma, free.narrow),
    )
    frame = d.blur(frame, photometric + mixed * d.chance(0.35), motion + mixed * d.chance(0.3), blur)
    frame = d.exposure(frame, low + mixed * d.chance(0.15))
    frame = d.noise(frame, mixed * d.chance(0.5))
    frame = d.white(frame, photometric * u(0, 0.06, 1, 1, 1) + motion * d.chance(0.2) * u(0, 0.02, 1, 1, 1))
    return d.quantise(d.codec(frame, mixed * d.chance(0.25)))

"""Reads the pack that `pack.mjs` writes: grey frames of clips, pairs of them, and the classical estimator's homographies.

Homographies map the first frame to the second in coordinates that do not depend on a frame's size:
(pixel + 0.5) / pixels - 0.5, from -0.5 to 0.5 along either side.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gimbal_train.geometry import SIZE, corner_points
from gimbal_train.heldout import HeldOut

PARTS = ("train", "heldout", "guard")


class LabelledPairs(NamedTuple):
    """`frames` (F, side, side) uint8; `first` and `second` (P,) int64, indices into them; `step` (P,) frames apart; `clip` (P,)
    number of the clip; `homographies` (P, 3, 3) float64; `sigma` (P,) expected error of the label at the corners in grid px."""

    frames: Tensor
    first: Tensor
    second: Tensor
    step: Tensor
    clip: Tensor
    homographies: Tensor
    sigma: Tensor


def load_real(path: Path) -> dict[str, LabelledPairs]:
    """The parts `train`, `heldout` and `guard` of a pack, on the CPU. A pack without pairs in one of them is an error."""
    parts: dict[str, LabelledPairs] = {}
    with np.load(path) as pack:
        for part in PARTS:
            rows = np.add.accumulate(pack[f"{part}_frames"], axis=1, dtype=np.uint8)
            frames = np.add.accumulate(rows, axis=2, dtype=np.uint8)
            pairs = torch.from_numpy(pack[f"{part}_pairs"]).long()
            if len(pairs) == 0:
                raise ValueError(f"expected pairs of {part} clips in {path}, found none; pack all clips of clips.json")
            first, second, step, clip = pairs.unbind(1)
            homographies = torch.from_numpy(pack[f"{part}_homographies"]).view(-1, 3, 3)
            sigma = torch.from_numpy(pack[f"{part}_sigma"])
            parts[part] = LabelledPairs(torch.from_numpy(frames), first, second, step, clip, homographies, sigma)
    shared = set(parts["train"].clip.tolist()) & set(torch.cat([parts["heldout"].clip, parts["guard"].clip]).tolist())
    if shared:
        raise ValueError(f"expected no clip both to train on and to judge by, {path} has {sorted(shared)}; pack again")
    return parts


def corner_displacements(homographies: Tensor) -> Tensor:
    """(P, 3, 3) over coordinates from -0.5 to 0.5 to displacements (P, 4, 2) of the grid's corners in its pixels."""
    corners = corner_points(homographies.device, homographies.dtype)
    points = torch.cat([(corners + 0.5) / SIZE - 0.5, torch.ones_like(corners[:, :1])], 1)
    moved = points @ homographies.transpose(1, 2)
    return (moved[..., :2] / moved[..., 2:] + 0.5) * SIZE - 0.5 - corners


def as_held_out(pairs: LabelledPairs) -> HeldOut:
    """Pairs of frames of 128 pixels as the evaluation takes them, the labels for the truth."""
    if pairs.frames.shape[1] != SIZE:
        raise ValueError(f"expected frames of {SIZE} pixels to judge by, got {pairs.frames.shape[1]}; pack again")
    corners = corner_displacements(pairs.homographies).float()
    return HeldOut(pairs.frames[pairs.first], pairs.frames[pairs.second], corners)

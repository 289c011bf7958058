"""How good a network is on clips it never saw and on the synthetic pairs, and whether new weights replace the kept ones."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gimbal_train.evaluate import evaluate
from gimbal_train.geometry import EXTENT, SIZE, corner_points, homography_from_quad, project, project_points
from gimbal_train.heldout import HeldOut

CAP = 3.0
"""A pair counts with at most so many pixels: a label can be wrong, and one wreck must not decide."""


class Figures(NamedTuple):
    """What is compared; lower is better.

    Of the held-out and of the guard clips: mean corner distance to the classical label (each pair at most 3 px), and mean
    absolute difference in grey levels of the aligned frames, which asks no label. `synthetic`: geometric mean of the MACE over
    the synthetic held-out sets. `round_trip` (told, not compared): held-out forward against backward, in pixels.
    """

    held_label: float
    held_photometric: float
    guard_label: float
    guard_photometric: float
    synthetic: float
    round_trip: float


@torch.no_grad()
def predictions(network: nn.Module, first: Tensor, second: Tensor, device: torch.device, size: int = 128) -> Tensor:
    """Corner displacements (n, 4, 2) of pairs of uint8 frames (n, 128, 128), on the device."""
    found = []
    for a, b in zip(torch.split(first, size), torch.split(second, size), strict=True):
        steps = network(a[:, None].to(device).float() / 255, b[:, None].to(device).float() / 255)
        found.append(steps[-1].corners.float())
    return torch.cat(found)


def photometric(pairs: HeldOut, corners: Tensor, size: int = 128) -> Tensor:
    """Per pair, the mean absolute difference in grey levels (each at most 32) between the first frame and the second one
    aligned by `corners`, after the best gain and offset, over what both see. NaN corners give NaN."""
    device = corners.device
    rest = corner_points(device)
    t = torch.arange(SIZE, device=device) / EXTENT
    v, u = torch.meshgrid(t, t, indexing="ij")
    out = []
    for a, b, d in zip(*(torch.split(t, size) for t in (pairs.first, pairs.second, corners)), strict=True):
        x, y = project(homography_from_quad(rest + d), u.reshape(1, -1), v.reshape(1, -1))
        seen = ((x > 1) & (x < EXTENT - 1) & (y > 1) & (y < EXTENT - 1)).float()
        grid = torch.stack([x, y], -1).view(-1, SIZE, SIZE, 2) * (2 / EXTENT) - 1
        aligned = F.grid_sample(b[:, None].to(device).float(), grid, padding_mode="border", align_corners=True).flatten(1)
        first = a.to(device).float().flatten(1)
        count = seen.sum(1, keepdim=True) + 1
        p, q = ((t - (t * seen).sum(1, keepdim=True) / count) * seen for t in (first, aligned))
        gain = (p * q).sum(1, keepdim=True) / ((q * q).sum(1, keepdim=True) + 1)
        out.append(((p - gain * q).abs().clamp(max=32) * seen).sum(1) / count[:, 0])
    return torch.cat(out)


def judge(network: nn.Module, heldout: HeldOut, guard: HeldOut, synthetic: dict[str, HeldOut], device: torch.device) -> Figures:
    """The figures of a network in evaluation mode, in whatever precision is set (true float32 where it decides)."""
    found = {
        name: predictions(network, pairs.first, pairs.second, device) for name, pairs in (("held", heldout), ("guard", guard))
    }
    rest = corner_points(device)
    there = project_points(homography_from_quad(rest + found["held"]), rest.expand(len(heldout.first), 4, 2))
    backward = predictions(network, heldout.second, heldout.first, device)
    again = project_points(homography_from_quad(rest + backward), there)
    maces = [score.mean for score in evaluate(network, synthetic, device).values()]
    return Figures(
        _label(found["held"], heldout),
        float(photometric(heldout, found["held"]).mean()),
        _label(found["guard"], guard),
        float(photometric(guard, found["guard"]).mean()),
        math.exp(sum(math.log(m) if m > 0 else -math.inf for m in maces) / len(maces))
        if all(map(math.isfinite, maces))
        else math.nan,
        float((again - rest).norm(dim=-1).mean(1).clamp(max=CAP).mean()),
    )


def label_photometric(pairs: HeldOut, device: torch.device) -> float:
    """The photometric figure of the labels themselves: what the classical estimator reaches on these pairs."""
    return float(photometric(pairs, pairs.corners.to(device)).mean())


def reasons_against(kept: Figures, tuned: Figures, gain: float, tolerance: float) -> list[str]:
    """Why `tuned` must not replace `kept`; empty when it may.

    The held-out distance to the labels has to fall by the share `gain` at least, and nothing else that is compared may rise by
    more than the share `tolerance`. A figure that is not a number is never better.
    """
    reasons = []
    if not tuned.held_label < kept.held_label * (1 - gain):
        reasons.append(f"held_label {kept.held_label:.4f} -> {tuned.held_label:.4f} did not fall by {gain:.1%}")
    for name in ("held_photometric", "guard_label", "guard_photometric", "synthetic"):
        before, after = getattr(kept, name), getattr(tuned, name)
        if not after <= before * (1 + tolerance):
            reasons.append(f"{name} {before:.4f} -> {after:.4f} got worse")
    return reasons


def _label(corners: Tensor, pairs: HeldOut) -> float:
    distance = (corners - pairs.corners.to(corners.device)).norm(dim=-1).mean(1)
    return float(distance.clamp(max=CAP).mean())

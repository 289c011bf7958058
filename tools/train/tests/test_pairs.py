"""The generated pairs must carry the label they claim."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from gimbal_train.config import TrainConfig
from gimbal_train.geometry import EXTENT, SIZE, corner_points, grid_points, homography_from_quad, project
from gimbal_train.heldout import held_out_pairs
from gimbal_train.pairs import Pair, PairGenerator
from gimbal_train.photos import load_bank

CPU = torch.device("cpu")


def _mismatch(first: torch.Tensor, second: torch.Tensor, corners: torch.Tensor, weight: torch.Tensor) -> float:
    """Mean |first(x) - second(H(x))| over weighted pixels inside."""
    u, v = grid_points(1)
    x, y = project(homography_from_quad(corner_points() + corners), u[None], v[None])
    grid = torch.stack([x, y], -1).view(-1, SIZE, SIZE, 2) * (2 / EXTENT) - 1
    inside = ((grid.abs() < 0.98).all(-1)[:, None]).float() * weight
    warped = F.grid_sample(second, grid, align_corners=True)
    return float(((warped - first).abs() * inside).sum() / inside.sum())


@pytest.mark.parametrize("native", [0.0, 1.0])
def test_clean_pairs_match_under_their_label(pack: Path, native: float) -> None:
    config = TrainConfig(batch=8, occluded=0.0, photometric=0.0, motion=0.0, low=0.0, clean=1.0, native=native, textures=0.0)
    pair = PairGenerator(load_bank(pack, CPU, textures=4), config, CPU)()
    weight = torch.ones_like(pair.first)
    right = _mismatch(pair.first, pair.second, pair.corners, weight)
    wrong = _mismatch(pair.first, pair.second, pair.corners + 1.0, weight)
    assert right < 0.03
    assert right < 0.6 * wrong


def test_inlier_map_marks_what_follows_the_label(pack: Path) -> None:
    generator = PairGenerator(load_bank(pack, CPU, textures=4), TrainConfig(batch=24, clean=0.0, native=0.5, occluded=0.7), CPU)
    # Only other planes and covers: the camera would hide the difference.
    generator._film = lambda first, second, kinds: (first, second)  # type: ignore[method-assign]
    pair: Pair = generator()
    inliers = (pair.inliers > 0.99).float()
    assert _mismatch(pair.first, pair.second, pair.corners, inliers) < 0.05
    covered = (pair.inliers < 0.01).float()
    assert _mismatch(pair.first, pair.second, pair.corners, covered) > 0.08


def test_degraded_pairs_stay_finite_and_in_range(pack: Path) -> None:
    generator = PairGenerator(load_bank(pack, CPU, textures=4), TrainConfig(batch=16, clean=0.0), CPU)
    for _ in range(3):
        pair = generator()
        for frame in (pair.first, pair.second, pair.inliers):
            assert torch.isfinite(frame).all()
            assert frame.min() >= 0
            assert frame.max() <= 1
        assert pair.corners.abs().max() < 64


def test_held_out_pairs_are_the_same_every_time_and_match(pack: Path) -> None:
    once, again = held_out_pairs(pack, 4), held_out_pairs(pack, 4)
    for name, pairs in once.items():
        assert torch.equal(pairs.first, again[name].first)
    clean = once["32/clean"]
    first, second = (t[:, None].float() / 255 for t in (clean.first, clean.second))
    assert _mismatch(first, second, clean.corners, torch.ones_like(first)) < 0.01

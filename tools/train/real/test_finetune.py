"""Labels survive windows and added homographies, and weights that got worse are given up, bit for bit."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from gimbal_train.checkpoint import load_checkpoint, network_state, record_of, save_checkpoint
from gimbal_train.config import ModelConfig, with_settings
from gimbal_train.heldout import HeldOut
from gimbal_train.models import build
from gimbal_train.pack import pack_photos
from real.clips import as_held_out, load_real
from real.finetune import main
from real.judge import Figures, label_photometric, photometric, reasons_against
from real.pairs import RealPairs, real_count

torch.set_num_threads(1)
CPU = torch.device("cpu")
SMALL = {
    "its8": "1",
    "its4": "1",
    "its2": "1",
    "e4": "16",
    "c8": "16",
    "stem": "8",
    "e2": "8",
    "w8": "16",
    "w4": "16",
    "w2": "16",
}
SIDES = {"train": 160, "heldout": 128, "guard": 128}


def _stretched(picture: np.ndarray) -> np.ndarray:
    low, high = picture.min(), picture.max()
    return np.asarray((picture - low) / (high - low) * 255)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo pack of smooth random pictures."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    for i in range(60):
        picture = cv2.GaussianBlur(random.uniform(0, 255, (256, 340)), (0, 0), 2.0)
        cv2.imwrite(str(folder / f"{i}.png"), _stretched(picture).astype(np.uint8))
    pack_photos(folder, folder / "pack.npz")
    return folder / "pack.npz"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack as `pack.mjs` writes it: frames of a smooth picture seen by a camera whose motion is known."""
    random = np.random.default_rng(1)
    arrays: dict[str, np.ndarray] = {}
    for clip, (part, side) in enumerate(SIDES.items()):
        picture = cv2.GaussianBlur(random.uniform(0, 255, (400, 400)), (0, 0), 3.0)
        picture = _stretched(picture)
        n = side / 128
        to_pixels = np.array([[side, 0, side / 2 - 0.5], [0, side, side / 2 - 0.5], [0, 0, 1]])
        frames, poses = [], []
        for i in range(6):
            turn = 0.01 * i
            pose = np.array(
                [
                    [math.cos(turn), -math.sin(turn), 2.0 * i * n],
                    [math.sin(turn), math.cos(turn), -1.0 * i * n],
                    [1e-5 * i, 0, 1],
                ]
            )
            place = np.array([[1, 0, 120.0], [0, 1, 120.0], [0, 0, 1]]) @ pose
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            frames.append(cv2.warpPerspective(picture, place, (side, side), flags=flags).round().astype(np.uint8))
            poses.append(place)
        pairs = [(i, j) for i in range(6) for j in range(i + 1, 6)]
        motions = [np.linalg.inv(to_pixels) @ np.linalg.inv(poses[j]) @ poses[i] @ to_pixels for i, j in pairs]
        arrays[f"{part}_frames"] = np.diff(np.diff(np.stack(frames), axis=2, prepend=np.uint8(0)), axis=1, prepend=np.uint8(0))
        arrays[f"{part}_pairs"] = np.array([(i, j, j - i, clip) for i, j in pairs], np.int32)
        arrays[f"{part}_homographies"] = np.stack([(m / m[2, 2]).reshape(9) for m in motions])
        arrays[f"{part}_sigma"] = np.full(len(pairs), 0.05, np.float32)
    path = tmp_path_factory.mktemp("real") / "real.npz"
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights to keep: a small network as it is before any training."""
    torch.manual_seed(3)
    model = with_settings(ModelConfig(), SMALL)
    path = tmp_path_factory.mktemp("kept") / "kept.ckpt"
    save_checkpoint(path, {"model": record_of(model), "network": network_state(build(model))})
    return path


def test_labels_align_the_frames(real: Path) -> None:
    pairs = as_held_out(load_real(real)["heldout"])
    still = photometric(pairs, torch.zeros_like(pairs.corners))
    aligned = photometric(pairs, pairs.corners)
    assert label_photometric(pairs, CPU) < 1.0
    assert bool((aligned < 0.3 * still).all())


@pytest.mark.parametrize("added", [False, True])
def test_drawn_pairs_are_aligned_by_their_labels(real: Path, added: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not added:
        monkeypatch.setattr(RealPairs, "_added", lambda self: torch.eye(3).expand(self.batch, 3, 3))
    torch.manual_seed(0)
    pairs_of = RealPairs(load_real(real)["train"], 64, CPU)
    monkeypatch.setattr(pairs_of.degrade, "tone", lambda frame, strength: frame)
    drawn = pairs_of()
    first, second = ((t[:, 0] * 255).round().to(torch.uint8) for t in (drawn.first, drawn.second))
    pairs = HeldOut(first, second, drawn.corners)
    still, aligned = photometric(pairs, torch.zeros_like(drawn.corners)), photometric(pairs, drawn.corners)
    moved = drawn.corners.abs().amax((1, 2)) > 2
    ratio = (aligned / still)[moved]
    assert len(ratio) > 40
    assert float(ratio.median()) < 0.2
    # An added homography looks beyond the frame, where there is only its mirror image.
    assert float(ratio.max()) < (1.2 if added else 0.25)


def test_a_share_above_the_limit_is_refused() -> None:
    assert real_count(64, 0.3) == 19
    with pytest.raises(ValueError, match=r"share of real pairs from 0 to 0\.3, got 0\.5"):
        real_count(64, 0.5)


def test_a_pack_that_judges_by_training_clips_is_refused(real: Path, tmp_path: Path) -> None:
    with np.load(real) as pack:
        arrays = dict(pack)
    arrays["guard_pairs"][:, 3] = 0
    np.savez(tmp_path / "mixed.npz", **arrays)
    with pytest.raises(ValueError, match="expected no clip both to train on and to judge by"):
        load_real(tmp_path / "mixed.npz")


def test_only_better_figures_are_adopted() -> None:
    before = Figures(0.5, 4.0, 0.6, 5.0, 0.1, 0.3)
    assert reasons_against(before, before._replace(held_label=0.4), 0.01, 0.0) == []
    assert "did not fall" in reasons_against(before, before, 0.01, 0.0)[0]
    for name in ("held_photometric", "guard_label", "guard_photometric", "synthetic"):
        worse = before._replace(held_label=0.4, **{name: getattr(before, name) * 1.001})
        assert [r.split()[0] for r in reasons_against(before, worse, 0.01, 0.0)] == [name]
        assert reasons_against(before, worse, 0.01, 0.01) == []
    assert len(reasons_against(before, Figures(*[math.nan] * 6), 0.01, 0.0)) == 5


@pytest.mark.parametrize("wrong", [["--set", "batch=4", "lr=3", "warm=0.01"], ["--set", "batch=4", "lr=0.05", "--shuffle"]])
def test_a_degrading_run_reverts_bit_for_bit(kept: Path, real: Path, photos: Path, tmp_path: Path, wrong: list[str]) -> None:
    paths = ["--kept", str(kept), "--real", str(real), "--data", str(photos), "--out", str(tmp_path)]
    small = ["--photos", "4", "--pairs", "4", "--steps", "4", "--seconds", "30", "--share", "0.3"]
    assert main([*paths, *small, *wrong]) == 0
    report = json.loads((tmp_path / "finetune.json").read_text())
    assert report["verdict"] == "reverted to the kept weights"
    assert report["reasons"]
    before = load_checkpoint(kept)
    adopted, tuned = (load_checkpoint(tmp_path / f"{name}.ckpt") for name in ("adopted", "tuned"))
    assert adopted["network"].keys() == before["network"].keys()
    assert all(torch.equal(adopted["network"][k], t) for k, t in before["network"].items())
    assert any(not torch.equal(tuned["network"][k], t) for k, t in before["network"].items()), (
        "expected the run to change weights"
    )


def test_a_run_that_helps_is_adopted(kept: Path, real: Path, photos: Path, tmp_path: Path) -> None:
    paths = ["--kept", str(kept), "--real", str(real), "--data", str(photos), "--out", str(tmp_path)]
    small = [
        "--photos",
        "4",
        "--pairs",
        "4",
        "--steps",
        "40",
        "--seconds",
        "40",
        "--share",
        "0.3",
        "--gain",
        "0",
        "--tolerance",
        "9",
    ]
    assert main([*paths, *small, "--set", "batch=8", "lr=1e-3", "warm=0.01", "ema=0.5"]) == 0
    report = json.loads((tmp_path / "finetune.json").read_text())
    assert report["verdict"] == "adopted", report
    assert report["tuned"]["held_label"] < report["kept"]["held_label"]
    adopted, tuned = (load_checkpoint(tmp_path / f"{name}.ckpt") for name in ("adopted", "tuned"))
    assert all(torch.equal(adopted["network"][k], t) for k, t in tuned["network"].items())

"""Training of the frame interpolation: its parts on small data of its own."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from gimbal_frames.lite import Lite, Picture
from gimbal_frames.photos import CANVAS, load_photos, pack_photos
from gimbal_frames.sampling import symmetric_correlation, to_time, warp
from gimbal_frames.scenes import SceneGenerator
from gimbal_frames.trainer import Settings, Trainer
from gimbal_frames.windows import draw_triplets, load_reel

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> torch.Tensor:
    folder = tmp_path_factory.mktemp("colour")
    random = np.random.default_rng(3)
    for i in range(8):
        picture = cv2.GaussianBlur(random.uniform(0, 255, (256, 340, 3)), (0, 0), 2.5)
        low, high = picture.min(), picture.max()
        cv2.imwrite(str(folder / f"{i}.png"), ((picture - low) / (high - low) * 255).astype(np.uint8))
    target = folder / "pack.npz"
    count, size = pack_photos(folder, target, 10_000_000)
    assert (count, size > 0) == (8, True)
    loaded = load_photos([target], CPU)
    assert loaded.shape == (8, 3, *CANVAS)
    return loaded


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("windows")
    for name, (h, w) in {"a_000": (96, 128), "b_000": (64, 160)}.items():
        video = cv2.VideoWriter(str(folder / f"{name}.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 25, (w, h))
        y, x = np.mgrid[0:h, 0:w]
        for i in range(8):
            grey = 128 + 60 * np.sin((x - 2 * i) * 0.2) * np.cos((y + i) * 0.15)
            video.write(np.repeat(grey[..., None], 3, 2).astype(np.uint8))
        video.release()
    return folder


def test_the_symmetric_correlation_is_its_definition() -> None:
    torch.manual_seed(0)
    a, b = torch.randn(2, 3, 6, 7), torch.randn(2, 3, 6, 7)
    got = symmetric_correlation(a, b, 1)
    for k, (dy, dx) in enumerate((dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
        for y in range(1, 5):
            for x in range(1, 6):
                wanted = (a[:, :, y - dy, x - dx] * b[:, :, y + dy, x + dx]).sum(1) / 3**0.5
                assert torch.allclose(got[:, k, y, x], wanted, atol=1e-5)
    # Where one of both lies outside, nothing agrees.
    assert float(got[:, 0, 0, 0].abs().max()) == 0


def test_flows_are_carried_to_their_moment() -> None:
    first = torch.zeros(1, 2, 8, 8) + torch.tensor([-4.0, 2.0]).view(1, 2, 1, 1)
    second = -first
    context = torch.arange(64.0).view(1, 1, 8, 8)
    f0, f1, c = to_time(first, second, context, torch.tensor([0.5]), 4)
    assert torch.allclose(f0, first) and torch.allclose(f1, second) and torch.allclose(c, context)
    f0, f1, c = to_time(first, second, context, torch.tensor([1.0]), 4)
    assert torch.allclose(f0, 2 * first) and torch.allclose(f1, 0 * second)
    # At the end everything has moved by half of (8, -4) pixels: one cell to the right, half of one up.
    assert torch.allclose(c[0, 0, 2:6, 2:6], (context[0, 0, 2:6, 1:5] + context[0, 0, 3:7, 1:5]) / 2)


def test_made_frames_follow_their_flows(photos: torch.Tensor) -> None:
    torch.manual_seed(1)
    scene = SceneGenerator(photos, 12, 96).draw()
    still = scene.t == 0.5
    carried = (warp(scene.first.luma, scene.first_flow, 1) + warp(scene.second.luma, scene.second_flow, 1)) / 2
    error = (carried - scene.target.luma)[still].abs().median()
    mixed = ((scene.first.luma + scene.second.luma) / 2 - scene.target.luma)[still].abs().median()
    assert still.any() and error < 0.6 * mixed
    assert scene.first.chroma.shape == (12, 2, 48, 48)


def test_triplets_lie_in_their_windows(windows: Path) -> None:
    torch.manual_seed(2)
    reel = load_reel(sorted(windows.glob("*.mp4")), CPU, least=64)
    assert reel.place[:, 1:].tolist() == [[8, 96, 128], [8, 64, 160]]
    assert load_reel(sorted(windows.glob("*.mp4")), CPU, least=80).place.shape[0] == 1
    pictures, t = draw_triplets(reel, 64, 64)
    assert [p.luma.shape for p in pictures] == [(64, 1, 64, 64)] * 3
    assert set(t.tolist()) <= {0.25, 0.5, 0.75}
    assert all(p.luma.abs().max() < 0.5 for p in pictures)


def test_a_network_that_knows_nothing_mixes_by_time() -> None:
    torch.manual_seed(0)
    first, second = (Picture(torch.rand(1, 1, 48, 32) - 0.5, torch.rand(1, 2, 24, 16) - 0.5) for _ in range(2))
    with torch.no_grad():
        made, motion = Lite()(first, second, torch.tensor([0.25]))
    assert float(motion.first.abs().max()) == 0
    assert torch.allclose(made.half, 0.75 * first.half() + 0.25 * second.half(), atol=1e-4)


def test_training_learns_and_goes_on_where_it_stopped(photos: torch.Tensor, windows: Path) -> None:
    reel = load_reel(sorted(windows.glob("*.mp4")), CPU, least=64)
    settings = Settings(size=64, made=4, real=2, half=False)
    trainer = Trainer(settings, photos, reel)
    trainer.advance(0.1)
    trainer.run(2)
    state = trainer.state()
    again = Trainer(settings, photos, reel, state)
    assert again.steps == 2
    assert torch.equal(again.optimiser.values, trainer.optimiser.values)
    assert Trainer(Settings(size=64, made=4, real=0, half=False), photos, None).overfit(40) > 15
    with pytest.raises(ValueError, match="windows"):
        Trainer(settings, photos, None)

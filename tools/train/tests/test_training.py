"""A training can start, stop, go on and be exported."""

from pathlib import Path

import pytest
import torch

from gimbal_train.checkpoint import load_checkpoint, network_from, save_checkpoint, warm_start
from gimbal_train.cli import main
from gimbal_train.config import ModelConfig, TrainConfig, parse_settings, recipe, with_settings
from gimbal_train.export import export_network
from gimbal_train.models import build
from gimbal_train.optimiser import FlatAdamW
from gimbal_train.photos import load_bank
from gimbal_train.trainer import Trainer

CPU = torch.device("cpu")
SMALL = {
    "batch": "2",
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


def test_a_run_goes_on_from_its_checkpoint(pack: Path, tmp_path: Path) -> None:
    common = ["--data", str(pack), "--pairs", "2", "--photos", "4", "--out", str(tmp_path), "--every", "100"]
    settings = ["--set", *(f"{k}={v}" for k, v in SMALL.items())]
    assert main(["train", *common, "--steps", "2", "--budget", "1000", *settings]) == 0
    saved = load_checkpoint(tmp_path / "ours.ckpt")
    assert saved["steps"] == 2
    assert (
        main(
            ["train", *common, "--steps", "1", "--budget", "1000", "--resume", str(tmp_path / "ours.ckpt"), "--set", "batch=2"]
        )
        == 0
    )
    again = load_checkpoint(tmp_path / "ours.ckpt")
    assert again["steps"] == 3
    assert again["elapsed"] > saved["elapsed"]
    assert network_from(again)[1].w4 == 16
    assert (tmp_path / "ours.csv").exists()


def test_restored_state_is_the_saved_one(pack: Path) -> None:
    model, config = recipe("ours")
    model = with_settings(model, SMALL)
    config = with_settings(config, SMALL)
    bank = load_bank(pack, CPU, textures=2, limit=4)
    trainer = Trainer(model, config, bank, CPU)
    trainer.advance(0.5)
    trainer.run(2)
    other = Trainer(model, config, bank, CPU, trainer.state())
    assert torch.equal(other.optimiser.values, trainer.optimiser.values)
    assert torch.equal(other.optimiser.average, trainer.optimiser.average)
    assert not torch.equal(trainer.optimiser.values, trainer.optimiser.average)


def test_new_parts_change_nothing_until_trained() -> None:
    model = with_settings(recipe("ours")[0], {**SMALL, "mix8": "0", "lift": "false"})
    torch.manual_seed(0)
    old, new = build(model).eval(), build(with_settings(model, {"mix8": "2", "lift": "true"})).eval()
    odd = warm_start(new, old.state_dict())
    assert odd
    assert all(name.startswith("new ") for name in odd)
    first, second = torch.rand(2, 1, 128, 128), torch.rand(2, 1, 128, 128)
    with torch.no_grad():
        assert torch.equal(old(first, second)[-1].corners, new(first, second)[-1].corners)
    with pytest.raises(ValueError, match="of the same network"):
        warm_start(new, old.state_dict(), strict=True)


def test_a_gradient_that_is_not_finite_changes_nothing() -> None:
    network = torch.nn.Linear(3, 2)
    optimiser = FlatAdamW(network, 0.0, 1.0, 0.9)
    optimiser.lr.fill_(0.1)
    optimiser.step(torch.ones(8))
    before = optimiser.values.clone()
    optimiser.step(torch.full((8,), float("nan")))
    assert torch.equal(optimiser.values, before)
    assert optimiser.skipped == 1
    optimiser.step(torch.ones(8))
    assert not torch.equal(optimiser.values, before)


def test_large_checkpoints_are_split(tmp_path: Path) -> None:
    state = {"x": torch.arange(5_000_000)}
    assert len(save_checkpoint(tmp_path / "big.ckpt", state)) == 3
    assert torch.equal(load_checkpoint(tmp_path / "big.ckpt")["x"], state["x"])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"mix8": "2", "lift": "true", "its1": "1"},
        {"head": "pooled"},
        {"its8": "4", "its2": "1", "its1": "1", "reweight": "true", "norm": "bn"},
        {"name": "reference"},
    ],
)
def test_exported_network_agrees(tmp_path: Path, settings: dict[str, str]) -> None:
    torch.manual_seed(1)
    network = build(with_settings(ModelConfig(**{}), settings))
    record = export_network(network, tmp_path, {})
    assert record["agreement"] < 1e-3
    assert sum(f["bytes"] for f in record["files"].values()) < 5_000_000


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown setting 'hed'"):
        parse_settings(["hed=wls"])
    assert with_settings(TrainConfig(), parse_settings(["loss=l2"])[1]).norm == "l2"

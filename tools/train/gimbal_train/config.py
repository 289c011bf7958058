"""What can be switched from the command line: one flat record for the network, one for the training."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, TypeVar


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """A network. Numbers ending in 8, 4, 2, 1 belong to the feature map of that stride."""

    name: str = "ours"
    """ours | reference | regression"""
    head: str = "wls"
    """How strides 4, 2, 1 read the corners: wls (dense flow, weighted least squares) | pooled (conv + maxpool to 2x2)."""
    its8: int = 2
    its4: int = 2
    its2: int = 2
    its1: int = 0
    c8: int = 96
    c4: int = 48
    c2: int = 16
    c1: int = 8
    r8: int = 4
    r4: int = 4
    r2: int = 3
    r1: int = 2
    w8: int = 64
    w4: int = 48
    w2: int = 32
    w1: int = 16
    depth: int = 2
    """3x3 convolutions of a wls head (dilations 1, 2, 1, 2, ...)."""
    stem: int = 24
    e2: int = 32
    e4: int = 64
    norm: str = "in"
    """Normalisation of the encoder: in (instance) | bn (batch)."""
    softargmax: bool = True
    """Whether a wls head starts from the soft-argmax of the correlation window."""
    context: int = 8
    """Channels of the first frame's features that a wls head sees beside the correlation (0: none)."""
    reweight: bool = False
    """Whether a wls head solves a second time with weights lowered by the residuals of the first (one robust step)."""
    mix8: int = 0
    """Layers of self-attention in the head of stride 8 (0: none)."""
    lift: bool = False
    """Whether the features of strides 2 and 1 also hold what the next coarser level saw."""
    hidden: int = 224
    """Width of the dense part of the regression network."""
    full: bool = False
    """Regression: the original dense part (1024 wide on 16x16 cells, 34 M parameters)."""
    dropout: float = 0.0

    def iterations(self) -> list[tuple[int, int]]:
        """(stride, iterations) from coarse to fine, without empty levels."""
        every = [(8, self.its8), (4, self.its4), (2, self.its2), (1, self.its1)]
        return [(stride, count) for stride, count in every if count > 0]


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """A training. Shares are probabilities per pair."""

    batch: int = 64
    lr: float = 6e-4
    """Peak of the learning rate. Averaging over N processes lowers the noise of a step as an N times larger batch would: from
    trained weights 4e-4 with one process, 5e-4 with two, 6e-4 with three or four; from scratch half as much again."""
    warm: float = 0.05
    """Share of the budget over which the learning rate rises; it then falls linearly to `floor` of its peak."""
    floor: float = 0.001
    decay: float = 1e-5
    clip: float = 1.0
    ema: float = 0.999
    seed: int = 0
    amp: str = "bf16"
    """Convolutions and correlation in bf16 | fp16 (constant loss scale) | tf32 | fp32. Geometry and solver are always
    float32."""
    fine_from: float = 1.0
    """Share of the budget after which `amp` becomes tf32."""
    compile: bool = False
    """Compile generator and network on a CUDA device: twice the steps per second, a start of two minutes."""
    gamma: float = 0.85
    """Weight of an iteration's loss relative to the next one's."""
    log: float = 0.3
    """Weight of log(error + log_floor), which keeps the gradient strong near convergence."""
    log_floor: float = 0.02
    log_from: float = 0.4
    norm: str = "l1"
    """Corner loss: l1 | l2 (mean Euclidean distance) | mse."""
    inlier: float = 0.1
    flow: float = 0.05
    spread: float = 0.02
    clean: float = 0.45
    """Share of pairs that the camera leaves as they are. `photometric`, `motion` and `low` are shares too; the rest has a
    random mixture in each frame."""
    photometric: float = 0.25
    """Both frames: other tones, Gaussian blur up to 1.6 px, white noise up to 0.06."""
    motion: float = 0.1
    """Both frames smeared by 5 to 11 px, in directions at least 30 degrees apart."""
    low: float = 0.05
    """Both frames in little light."""
    occluded: float = 0.45
    """Share of pairs with one to three things that move by themselves, whatever the camera does."""
    far: float = 0.5
    """Share of pairs whose corners move by up to 31.5 px; half of the rest by 8 px, a third by 2 px, the others by 0.25 px."""
    native: float = 0.3
    """Share of pairs made as in the published protocol: 320x240 photo, whole-pixel window, bilinear warp."""
    textures: float = 0.15
    """Share of pairs from procedural textures."""
    period: int = 8
    """Several processes: steps between two averagings of weights and moments. Each process draws its own `batch`."""
    ramp: float = 0.35
    """Share of the budget by which the degradations reach full strength (0: at once)."""
    swap: float = 0.35
    """Share of pairs whose frames are exchanged."""


T = TypeVar("T", ModelConfig, TrainConfig)


def with_settings(config: T, settings: dict[str, str]) -> T:
    """A copy with the settings that belong to this record, parsed to the field's type."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(config):
        if field.name not in settings:
            continue
        text, old = settings[field.name], getattr(config, field.name)
        values[field.name] = text.lower() in {"1", "true", "yes"} if isinstance(old, bool) else type(old)(text)
    return dataclasses.replace(config, **values)


# `norm` exists in both records; on the command line the training's is called `loss`.
ALIASES = {"loss": "norm"}


def parse_settings(pairs: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Splits `key=value` texts into those of the network and those of the training; an unknown key is an error."""
    model_keys = {f.name for f in dataclasses.fields(ModelConfig)}
    train_keys = {f.name for f in dataclasses.fields(TrainConfig)} - {"norm"}
    model: dict[str, str] = {}
    train: dict[str, str] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator:
            raise ValueError(f"expected key=value, got '{pair}'")
        if key in ALIASES:
            train[ALIASES[key]] = value
        elif key in train_keys:
            train[key] = value
        elif key in model_keys:
            model[key] = value
        else:
            raise ValueError(f"unknown setting '{key}'; known: {', '.join(sorted(model_keys | train_keys | set(ALIASES)))}")
    return model, train


def recipe(name: str) -> tuple[ModelConfig, TrainConfig]:
    """The network's own best recipe, from `recipes/<name>.json`: settings that differ from the defaults."""
    path = Path(__file__).parent / "recipes" / f"{name}.json"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.json")))
        raise ValueError(f"unknown model '{name}'; known: {known}")
    loaded: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return ModelConfig(**loaded.get("model", {})), TrainConfig(**loaded.get("train", {}))

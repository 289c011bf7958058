"""Checkpoints in files of at most 15 MiB each, so that they can be carried between machines with small limits per file."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .config import ModelConfig
from .models import build

PART = 15 * 2**20


def save_checkpoint(path: Path, state: dict[str, Any]) -> list[Path]:
    """Writes `path`, or `path.0`, `path.1`, ... when it would exceed 15 MiB; an older version disappears only once all is
    written."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    data = buffer.getvalue()
    parts = [data[i : i + PART] for i in range(0, len(data), PART)]
    targets = [path] if len(parts) == 1 else [Path(f"{path}.{i}") for i in range(len(parts))]
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, part in zip(targets, parts, strict=True):
        partial = Path(f"{target}.part")
        partial.write_bytes(part)
        partial.replace(target)
    return targets


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Reads what `save_checkpoint` wrote, whole or in parts, onto the CPU."""
    if path.exists():
        data = path.read_bytes()
    else:
        parts = sorted(path.parent.glob(f"{path.name}.[0-9]*"), key=lambda p: int(p.suffix[1:]))
        if not parts:
            raise FileNotFoundError(f"expected a checkpoint at {path} (or {path}.0, {path}.1, ...), found none")
        data = b"".join(p.read_bytes() for p in parts)
    loaded: dict[str, Any] = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return loaded


def network_from(checkpoint: dict[str, Any]) -> tuple[nn.Module, ModelConfig]:
    """The averaged network of a checkpoint, in evaluation mode on the CPU."""
    config = ModelConfig(**checkpoint["model"])
    network = build(config)
    network.load_state_dict({**network.state_dict(), **checkpoint["network"]})
    return network.eval(), config


def warm_start(network: nn.Module, weights: dict[str, torch.Tensor], strict: bool = False) -> list[str]:
    """Loads every tensor whose name and shape fit and returns the names that do not, in the network (new) or in the weights
    (left out). When `strict`, one that does not fit is an error."""
    own = network.state_dict()
    fitting = {k: v for k, v in weights.items() if k in own and own[k].shape == v.shape}
    odd = [f"new {k}" for k in own if k not in fitting] + [f"left out {k}" for k in weights if k not in fitting]
    if strict and odd:
        raise ValueError(f"expected a checkpoint of the same network, found {len(odd)} differences: {', '.join(odd[:6])}")
    network.load_state_dict({**own, **fitting})
    return odd


def network_state(network: nn.Module) -> dict[str, torch.Tensor]:
    """Parameters and persistent buffers, copied to the CPU."""
    return {k: v.detach().cpu().clone() for k, v in network.state_dict().items()}


def record_of(config: ModelConfig) -> dict[str, Any]:
    """The network's record as plain values."""
    return dataclasses.asdict(config)

"""Builds a network from its record."""

from __future__ import annotations

from torch import nn

from .baselines import Reference, Regression
from .config import ModelConfig
from .estimator import Estimator


def build(config: ModelConfig) -> nn.Module:
    """Frames (B, 1, 128, 128) twice -> list of `Step`, for every model."""
    if config.name == "ours":
        return Estimator(config)
    if config.name == "reference":
        return Reference()
    if config.name == "regression":
        return Regression(config)
    raise ValueError(f"unknown model '{config.name}'; known: ours, reference, regression")


def parameter_count(network: nn.Module) -> int:
    """Trainable numbers."""
    return sum(p.numel() for p in network.parameters())

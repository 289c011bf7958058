"""A trainer whose batches hold synthetic pairs and pairs of real video."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gimbal_train.config import ModelConfig, TrainConfig
from gimbal_train.estimator import Step
from gimbal_train.loss import Loss
from gimbal_train.pairs import Pair, PairGenerator
from gimbal_train.photos import Bank
from gimbal_train.trainer import Trainer

from .clips import LabelledPairs
from .pairs import RealPairs, real_count


class _MixedPairs:
    """Draws real pairs, then synthetic ones, into one batch."""

    def __init__(self, real: RealPairs, synthetic: PairGenerator) -> None:
        self.real, self.synthetic, self.schedule = real, synthetic, synthetic.schedule

    def _draw(self) -> Pair:
        return Pair(*(torch.cat(both) for both in zip(self.real._draw(), self.synthetic._draw(), strict=True)))


class _MixedLoss:
    """The usual loss of the synthetic pairs; of the real ones only what their label supports: corners and spread."""

    def __init__(self, config: TrainConfig, real: int, device: torch.device) -> None:
        self.count, self.share = real, real / config.batch
        self.synthetic = Loss(config, device)
        self.real = Loss(dataclasses.replace(config, inlier=0.0, flow=0.0), device)
        self.log_weight = self.real.log_weight = self.synthetic.log_weight

    def __call__(self, steps: list[Step], pair: Pair) -> tuple[Tensor, Tensor]:
        n = self.count
        parts = []
        for loss, part in ((self.real, slice(None, n)), (self.synthetic, slice(n, None))):
            parts.append(loss([_cut(step, part) for step in steps], Pair(*(t[part] for t in pair))))
        (real, real_error), (synthetic, synthetic_error) = parts
        mixed = [self.share * r + (1 - self.share) * s for r, s in ((real, synthetic), (real_error, synthetic_error))]
        return mixed[0], mixed[1]


class Tuner(Trainer):
    """A `Trainer` of which a share of every batch comes from `clips`; a share of 0 makes it an ordinary one (the control)."""

    class Real(NamedTuple):
        """What to mix in, and how much of it."""

        clips: LabelledPairs
        share: float

    def __init__(
        self, model: ModelConfig, config: TrainConfig, bank: Bank, device: torch.device, kept: dict[str, Any], real: Tuner.Real
    ) -> None:
        self._mixture: Tuner.Real | None = real
        super().__init__(model, config, bank, device, {k: v for k, v in kept.items() if k != "optimiser"})

    def _prepare(self) -> None:
        """Before anything is compiled or captured for the first time, generator and loss become the mixed ones."""
        mixture, self._mixture = self._mixture, None
        count = real_count(self.config.batch, mixture.share) if mixture else 0
        if mixture and count:
            rest = dataclasses.replace(self.config, batch=self.config.batch - count)
            synthetic = PairGenerator(self.generator.bank, rest, self.device)
            self.generator = _MixedPairs(RealPairs(mixture.clips, count, self.device), synthetic)  # type: ignore[assignment]
            self.loss = _MixedLoss(self.config, count, self.device)  # type: ignore[assignment]
        super()._prepare()


def _cut(step: Step, part: slice) -> Step:
    fields: dict[str, Any] = {k: t[part] for k, t in step._asdict().items() if isinstance(t, Tensor)}
    return step._replace(**fields)

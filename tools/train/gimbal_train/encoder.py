"""The feature pyramid of one grey frame."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .config import ModelConfig


def normalisation(kind: str, channels: int) -> nn.Module:
    """in: instance norm without parameters; affine: with; bn: batch norm."""
    if kind == "bn":
        return nn.BatchNorm2d(channels)
    if kind in {"in", "affine"}:
        return nn.InstanceNorm2d(channels, affine=kind == "affine")
    raise ValueError(f"unknown normalisation '{kind}'; known: in, affine, bn")


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int, norm: str) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = normalisation(norm, outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = normalisation(norm, outputs)
        same = inputs == outputs and stride == 1
        self.shortcut: nn.Module = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.shortcut(x) + self.second_norm(self.second(y)))


class Encoder(nn.Module):
    """Grey (B, 1, 128, 128) in [0, 1] to features per stride. Odd kernels and symmetric padding only, so that feature j of
    stride s sits exactly on pixel s * j: no half-pixel offset has to be learned."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        norm = config.norm
        self.stem = nn.Conv2d(1, config.stem, 5, 2, 2, bias=False)
        self.stem_norm = normalisation(norm, config.stem)
        self.stage2 = Residual(config.stem, config.e2, 1, norm)
        self.stage4 = nn.Sequential(Residual(config.e2, config.e4, 2, norm), Residual(config.e4, config.e4, 1, norm))
        self.stage8 = nn.Sequential(Residual(config.e4, config.c8, 2, norm), Residual(config.c8, config.c8, 1, norm))
        self.out8 = nn.Conv2d(config.c8, config.c8, 1)
        self.out4 = nn.Conv2d(config.e4, config.c4, 1)
        self.out2 = nn.Conv2d(config.e2, config.c2, 1)
        self.fine: nn.Module | None = None
        if config.its1 > 0:
            self.fine = nn.Sequential(
                nn.Conv2d(1, 2 * config.c1, 3, 1, 1, bias=False),
                normalisation(norm, 2 * config.c1),
                nn.ReLU(),
                nn.Conv2d(2 * config.c1, config.c1, 3, 1, 1),
            )
        self.lift2 = _lift(config.e4, config.e2) if config.lift else None
        self.lift1 = _lift(config.e2, config.c1) if config.lift and config.its1 > 0 else None

    def forward(self, grey: Tensor) -> dict[int, Tensor]:
        x = grey * 2 - 1
        at2 = self.stage2(F.relu(self.stem_norm(self.stem(x))))
        at4 = self.stage4(at2)
        at8 = self.stage8(at4)
        if self.lift2 is not None:
            at2 = at2 + F.pixel_shuffle(self.lift2(at4), 2)
        features = {8: self.out8(at8), 4: self.out4(at4), 2: self.out2(at2)}
        if self.fine is not None:
            features[1] = self.fine(x)
        if self.lift1 is not None:
            features[1] = features[1] + F.pixel_shuffle(self.lift1(at2), 2)
        return features


def _lift(coarse: int, fine: int) -> nn.Conv2d:
    """To features of half the stride: four sets of `fine` channels, one for each of the cells that a coarse cell becomes. Fine
    maps so see as far as coarse ones, past noise and blur. Starts at zero: added to a trained network, it changes nothing."""
    lift = nn.Conv2d(coarse, 4 * fine, 1, bias=False)
    nn.init.zeros_(lift.weight)
    return lift

"""AdamW over one flat vector: clip, moments, guard and average are a dozen kernels instead of hundreds."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class FlatAdamW:
    """Decoupled weight decay (Loshchilov, Hutter 2019), gradient clipping by norm, and an exponential average of the
    parameters.

    All state lives in device tensors and a step never synchronises, so it can be captured in a CUDA graph. A step whose
    gradient is not finite changes nothing and is counted.
    """

    def __init__(self, network: nn.Module, decay: float, clip: float, average: float) -> None:
        self.parameters = [p for p in network.parameters() if p.requires_grad]
        self.values = torch.cat([p.detach().reshape(-1) for p in self.parameters]).clone()
        at = 0
        for p in self.parameters:
            p.data = self.values[at : at + p.numel()].view(p.shape)
            at += p.numel()
        self.decay, self.clip, self.rate_of_average = decay, clip, average
        device = self.values.device
        self.first, self.second = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self.average = self.values.clone()
        self.count, self.lr = torch.zeros((), device=device), torch.zeros((), device=device)
        self.skipped, self.norm = torch.zeros((), device=device), torch.zeros((), device=device)

    def step(self, gradient: Tensor) -> None:
        """Applies one flat gradient at the current `lr`."""
        with torch.no_grad():
            norm = gradient.norm()
            good = torch.isfinite(norm)
            gradient = torch.where(good, gradient * (self.clip / norm.clamp(min=1e-12)).clamp(max=1), 0.0)
            keep = good.float()
            self.count += keep
            self.first.lerp_(gradient, 0.1 * keep)
            self.second.lerp_(gradient * gradient, 0.001 * keep)
            count = self.count.clamp(min=1)
            update = (self.first / (1 - 0.9**count)) / ((self.second / (1 - 0.999**count)).sqrt() + 1e-8)
            rate = self.lr * keep
            self.values.mul_(1 - rate * self.decay).sub_(rate * update)
            self.average.lerp_(self.values, 1 - torch.clamp((1 + count) / (10 + count), max=self.rate_of_average))
            self.skipped += 1 - keep
            self.norm.copy_(torch.where(good, norm, 0.0))

    def state(self) -> dict[str, Tensor]:
        """What a continued training needs, on the CPU. The moments go in half the bits: they are averages of noise anyway."""
        full = {"values": self.values, "average": self.average, "count": self.count}
        half = {"first": self.first.bfloat16(), "second": self.second.bfloat16()}
        return {k: v.detach().cpu().clone() for k, v in {**full, **half}.items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Loads what `state` returned."""
        for name in ("values", "average", "count", "first", "second"):
            getattr(self, name).copy_(state[name].to(getattr(self, name)))

    def forget(self) -> None:
        """Clears the moments and the average after warm-up steps that ran with a learning rate of zero."""
        for t in (self.first, self.second, self.count, self.skipped):
            t.zero_()
        self.average.copy_(self.values)

"""The training loop: one CUDA graph holds the generator, the network, the loss and the optimiser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from .checkpoint import network_state, record_of, warm_start
from .config import ModelConfig, TrainConfig
from .group import Group
from .loss import Loss
from .models import build
from .optimiser import FlatAdamW
from .pairs import Pair, PairGenerator
from .photos import Bank

HALF_SCALE = 1024.0
"""Constant loss scale of fp16: its gradients would underflow otherwise. A step that overflows is skipped by the optimiser's
guard."""
_TYPES: dict[str, torch.dtype | None] = {"bf16": torch.bfloat16, "fp16": torch.float16, "tf32": None, "fp32": None}


def set_precision(amp: str) -> torch.dtype | None:
    """Sets what float32 convolutions run in and returns the autocast type. Matrix products outside convolutions (the solver,
    the checks' correlation) always stay true float32."""
    if amp not in _TYPES:
        raise ValueError(f"unknown precision '{amp}'; known: {', '.join(_TYPES)}")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = amp != "fp32"
    torch.backends.cudnn.benchmark = True
    return _TYPES[amp]


class Trainer:
    """A network in training. `run(n)` makes n steps; `advance(f)` sets the schedules for the share f of the budget."""

    def __init__(
        self,
        model: ModelConfig,
        config: TrainConfig,
        bank: Bank,
        device: torch.device,
        resume: dict[str, Any] | None = None,
        group: Group | None = None,
    ) -> None:
        torch.manual_seed(config.seed)
        self.group = group
        # Every process of a group starts from the same weights and then draws pairs of its own.
        seed = config.seed + (1_000_003 * group.rank if group else 0)
        self.model_config, self.config, self.device = model, config, device
        self.network: nn.Module = build(model).to(device)
        self.network.train()
        self.left_out: list[str] = []
        """Names of tensors that the given checkpoint and the network do not share."""
        if resume is not None:
            self.left_out = warm_start(self.network, resume["network"], strict="optimiser" in resume)
        if group is not None:
            torch.manual_seed(seed)
        self.optimiser = FlatAdamW(self.network, config.decay, config.clip, config.ema)
        self.generator = PairGenerator(bank, config, device)
        self.loss = Loss(config, device)
        self.steps, self.elapsed = 0, 0.0
        self.error = torch.zeros((), device=device)
        self.counted = torch.zeros((), device=device)
        self.amp = config.amp
        self._prepare()
        if resume is not None and "optimiser" in resume:
            self.optimiser.restore(resume["optimiser"])
            self.steps, self.elapsed = int(resume["steps"]), float(resume["elapsed"])
            # A continued run must not draw the same pairs again.
            torch.manual_seed(seed + 7919 * (self.steps + 1))

    def _prepare(self) -> None:
        """(Re)compiles and captures for the current precision; keeps parameters and optimiser state as they are."""
        self.autocast = set_precision(self.amp)
        compiled = self.config.compile and self.device.type == "cuda"
        self.forward = torch.compile(self.network, dynamic=False) if compiled else self.network
        self.draw = torch.compile(self.generator._draw, dynamic=False) if compiled else self.generator._draw
        self.graph: torch.cuda.CUDAGraph | None = None
        if self.device.type != "cuda":
            return
        optimiser = self.optimiser
        keep = optimiser.state(), self.optimiser.lr.clone(), network_state(self.network)
        optimiser.lr.zero_()
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self._step()
        torch.cuda.current_stream().wait_stream(stream)
        torch.cuda.synchronize()
        self.graph = torch.cuda.CUDAGraph()
        # The thread that watches over a group's exchanges must not disturb the capture.
        mode = "global" if self.group is None else "thread_local"
        with torch.cuda.graph(self.graph, capture_error_mode=mode):
            self._step()
        self.network.load_state_dict(keep[2])
        optimiser.restore(keep[0])
        optimiser.lr.copy_(keep[1])
        for t in (optimiser.skipped, self.error, self.counted):
            t.zero_()

    def _step(self) -> None:
        with torch.no_grad():
            pair = Pair(*self.draw())
        with torch.autocast(
            self.device.type, self.autocast or torch.bfloat16, enabled=self.autocast is not None, cache_enabled=False
        ):
            steps = self.forward(pair.first, pair.second)
        value, error = self.loss(steps, pair)
        scale = HALF_SCALE if self.autocast == torch.float16 else 1.0
        gradients = torch.autograd.grad(value * scale, self.optimiser.parameters, allow_unused=True, materialize_grads=True)
        self.optimiser.step(torch.cat([g.reshape(-1) for g in gradients]).float() / scale)
        good = torch.isfinite(error).float()
        self.error += torch.where(good > 0, error, 0.0)
        self.counted += good

    def run(self, count: int) -> None:
        """Makes `count` steps; in a group all processes hold the same weights afterwards."""
        for i in range(1, count + 1):
            if self.graph is None:
                self._step()
            else:
                self.graph.replay()
            if self.group is not None and (i % self.config.period == 0 or i == count):
                self.group.average(self.optimiser)
        self.steps += count

    def advance(self, share: float) -> None:
        """Learning rate and ramps at `share` of the whole budget (0 to 1); changes precision when `fine_from` is passed."""
        c = self.config
        peak = share / c.warm if share < c.warm else (1 - share) / (1 - c.warm)
        self.optimiser.lr.fill_(c.lr * max(min(peak, 1.0), c.floor))
        schedule = self.generator.schedule
        schedule["motion"].fill_(1.0 if c.ramp == 0 else min(1.0, 0.25 + 15 * share))
        schedule["degradation"].fill_(1.0 if c.ramp == 0 else min(1.0, max(0.0, (share - 0.05) / c.ramp)))
        self.loss.log_weight.fill_(min(1.0, max(0.0, (share - c.log_from) / 0.1)))
        if share >= c.fine_from and self.amp in {"bf16", "fp16"}:
            self.amp = "tf32"
            self._prepare()

    def drain(self) -> dict[str, float]:
        """Mean training error since the last call, gradient norm of the last step, skipped steps; synchronises."""
        mean: Tensor = self.error / self.counted.clamp(min=1)
        figures = {"train": float(mean), "gradient": float(self.optimiser.norm), "skipped": float(self.optimiser.skipped)}
        for t in (self.error, self.counted, self.optimiser.skipped):
            t.zero_()
        return figures

    @contextlib.contextmanager
    def averaged(self) -> Iterator[nn.Module]:
        """The network with its averaged parameters, in evaluation mode, for the time of a `with` block."""
        keep = self.optimiser.values.clone()
        self.optimiser.values.copy_(self.optimiser.average)
        self.network.eval()
        try:
            yield self.network
        finally:
            self.optimiser.values.copy_(keep)
            self.network.train()

    def averaged_state(self) -> dict[str, Tensor]:
        """Parameters (averaged) and buffers, on the CPU."""
        with self.averaged() as network:
            return network_state(network)

    def state(self) -> dict[str, Any]:
        """A checkpoint: the averaged network, the records, and what a continued training needs."""
        return {
            "model": record_of(self.model_config),
            "network": self.averaged_state(),
            "optimiser": self.optimiser.state(),
            "steps": self.steps,
            "elapsed": self.elapsed,
        }

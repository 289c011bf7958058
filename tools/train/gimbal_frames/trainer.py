"""The training loop: one CUDA graph holds the generator, the network, the loss and the optimiser."""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gimbal_train.checkpoint import network_state
from gimbal_train.optimiser import FlatAdamW

from .lite import Lite, Picture
from .loss import flow_loss, picture_loss
from .scenes import SceneGenerator
from .windows import Reel, draw_triplets, held_out_triplets


@dataclass(frozen=True)
class Settings:
    """How a leg trains. `made`, `real`: samples of either kind in a batch; `flow`: weight of the flow loss at the start, which falls
    with the rate; `floor`: least share of the peak rate."""

    size: int = 192
    made: int = 64
    real: int = 32
    lr: float = 8e-4
    warm: float = 0.03
    floor: float = 0.02
    flow: float = 0.02
    decay: float = 1e-3
    clip: float = 1.0
    ema: float = 0.999
    seed: int = 1
    half: bool = True


class Trainer:
    """`run(n)` makes n steps; `advance(share)` sets rate and weights for the share of the whole budget that is used."""

    def __init__(self, settings: Settings, photos: Tensor, reel: Reel | None, resume: dict[str, Any] | None = None) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.device, self.reel = settings, photos.device, reel
        if reel is None and settings.real > 0:
            raise ValueError("expected windows of real video for the real samples; give --windows, or --set real=0")
        self.network = Lite().to(self.device)
        if resume is not None:
            self.network.load_state_dict(resume["network"])
        if self.device.type == "cuda":
            self.network = self.network.to(memory_format=torch.channels_last)
        self.optimiser = FlatAdamW(self.network, settings.decay, settings.clip, settings.ema)
        self.scenes = SceneGenerator(photos, settings.made, settings.size)
        self.steps, self.elapsed = 0, 0.0
        self.flow_weight = torch.zeros((), device=self.device)
        self.sums = torch.zeros(4, device=self.device)
        self.fixed: tuple[list[Picture], Tensor, list[Tensor]] | None = None
        if resume is not None and "optimiser" in resume:
            self.optimiser.restore(resume["optimiser"])
            self.steps, self.elapsed = int(resume["steps"]), float(resume["elapsed"])
            # A continued run must not draw the same samples again.
            torch.manual_seed(settings.seed + 7919 * (self.steps + 1))
        self.graph: torch.cuda.CUDAGraph | None = None

    def capture(self) -> None:
        """Puts a whole step into a CUDA graph; when that fails, steps run one by one and a warning says why."""
        keep = self.optimiser.state(), self.optimiser.lr.clone()
        self.optimiser.lr.zero_()
        try:
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(3):
                    self._step()
            torch.cuda.current_stream().wait_stream(stream)
            torch.cuda.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self._step()
            self.graph = graph
        except RuntimeError as error:
            print(f"warning: no CUDA graph: {str(error)[:300]}", file=sys.stderr, flush=True)
            torch.cuda.synchronize()
        self.optimiser.restore(keep[0])
        self.optimiser.lr.copy_(keep[1])
        self.sums.zero_()

    def _draw(self) -> tuple[list[Picture], Tensor, list[Tensor]]:
        """First, target, second; t; flows of the made ones, which come first."""
        if self.fixed is not None:
            return self.fixed
        s = self.settings
        with torch.no_grad():
            scene = self.scenes.draw()
            pictures, t = [scene.first, scene.target, scene.second], scene.t
            if s.real:
                assert self.reel is not None
                real, real_t = draw_triplets(self.reel, s.real, s.size)
                pictures = [Picture(*(torch.cat(p) for p in zip(a, b))) for a, b in zip(pictures, real)]
                t = torch.cat([t, real_t])
        return pictures, t, [scene.first_flow, scene.second_flow]

    def _step(self) -> None:
        pictures, t, flows = self._draw()
        first, target, second = pictures
        # Convolutions and correlations in bfloat16; coordinates, fetching and the loss stay float32.
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.half, cache_enabled=False):
            made, motion = self.network(first, second, t)
        with torch.autocast(self.device.type, enabled=False):
            picture = picture_loss(made, target)
            flow = flow_loss(motion, *flows, count=self.settings.made)
            value = picture + self.flow_weight * flow
        gradients = torch.autograd.grad(value, self.optimiser.parameters, allow_unused=True)
        parts = [torch.zeros_like(p) if g is None else g for g, p in zip(gradients, self.optimiser.parameters)]
        self.optimiser.step(torch.cat([g.reshape(-1) for g in parts]).float())
        with torch.no_grad():
            error = (F.pixel_shuffle(made.half[:, :4], 2) - target.luma).square().mean()
            self.sums += torch.nan_to_num(torch.stack([picture.detach(), flow.detach(), error, torch.ones_like(error)]))

    def run(self, count: int) -> None:
        """Makes `count` steps."""
        for _ in range(count):
            if self.graph is None:
                self._step()
            else:
                self.graph.replay()
        self.steps += count

    def advance(self, share: float) -> None:
        """Rate: a short rise, then half a cosine down to the floor. The flow loss falls to a tenth with it."""
        s = self.settings
        fall = 0.5 + 0.5 * math.cos(math.pi * min(1.0, max(0.0, (share - s.warm) / (1 - s.warm))))
        rise = min(1.0, share / s.warm + 0.02)
        self.optimiser.lr.fill_(s.lr * rise * max(fall, s.floor))
        self.flow_weight.fill_(s.flow * max(fall, 0.1))

    def drain(self) -> dict[str, float]:
        """Means since the last call; synchronises."""
        picture, flow, error, count = (float(v) for v in self.sums)
        count = max(count, 1.0)
        figures = {
            "picture": picture / count,
            "flow": flow / count,
            "psnr": -10 * math.log10(max(error / count, 1e-9)),
            "gradient": float(self.optimiser.norm),
            "skipped": float(self.optimiser.skipped),
        }
        self.sums.zero_()
        return figures

    def overfit(self, steps: int) -> float:
        """PSNR of luma after `steps` steps on one fixed batch: a network that cannot learn it by heart has a fault. Leaves weights behind
        that are of no use."""
        self.fixed = self._draw()
        self.optimiser.lr.fill_(1e-3)
        self.flow_weight.fill_(self.settings.flow)
        self.run(steps - 10)
        self.sums.zero_()
        self.run(10)
        self.fixed = None
        return self.drain()["psnr"]

    @contextlib.contextmanager
    def averaged(self) -> Iterator[Lite]:
        """The network with its averaged parameters for the time of a `with` block."""
        keep = self.optimiser.values.clone()
        self.optimiser.values.copy_(self.optimiser.average)
        try:
            yield self.network
        finally:
            self.optimiser.values.copy_(keep)

    def judge(self, held: Reel) -> dict[str, float]:
        """PSNR of luma over the held-out windows (mean of windows), of the averaged network, of the plain mean of both frames, and of
        the network without its synthesis (the mean of both fetched frames)."""
        pictures, which = held_out_triplets(held)
        names = ("network", "fetched", "blend")
        psnr: dict[str, list[Tensor]] = {n: [] for n in names}
        with torch.no_grad(), self.averaged() as network:
            for i in range(0, which.shape[0], 16):
                first, target, second = (Picture(*(p[i : i + 16] for p in picture)) for picture in pictures)
                t = torch.full((first.luma.shape[0],), 0.5, device=self.device)
                made, _ = network(first, second, t)
                pairs = (
                    F.pixel_shuffle(made.half[:, :4], 2),
                    F.pixel_shuffle((made.first + made.second)[:, :4] / 2, 2),
                    (first.luma + second.luma) / 2,
                )
                for name, luma in zip(names, pairs):
                    error = (luma - target.luma).square().mean((1, 2, 3)).clamp(min=1e-6)
                    psnr[name].append(-10 * error.log10())
        return {n: float(torch.cat(v).mean()) for n, v in psnr.items()}

    def state(self) -> dict[str, Any]:
        """A checkpoint: the averaged network, the settings, and what a continued training needs."""
        with self.averaged() as network:
            weights = network_state(network)
        return {
            "model": "lite",
            "settings": json.dumps(asdict(self.settings)),
            "network": weights,
            "optimiser": self.optimiser.state(),
            "steps": self.steps,
            "elapsed": torch.tensor(self.elapsed),
        }

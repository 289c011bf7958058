"""Our network: one feature pyramid per frame, then refinements of the four corners from coarse to fine."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import ModelConfig
from .correlation import local_correlation
from .encoder import Encoder
from .geometry import EXTENT, SIZE, corner_points, homography_from_quad, project, project_points
from .heads import PooledHead, WlsHead

REACH = 64.0
"""Corner displacements are kept within +-64 px, so that the homography stays finite."""


class Step(NamedTuple):
    """One refinement: `before` and `corners` (B, 4, 2) are corner displacements in pixels; `inside` (B, n, n) says which
    cells land within the second frame; the rest as in `HeadOutput`."""

    before: Tensor
    corners: Tensor
    logits: Tensor | None
    spread: Tensor | None
    flow: Tensor | None
    inside: Tensor | None
    stride: int
    radius: int


class Refiner(nn.Module):
    """One refinement at one stride: warp the second frame's features, correlate, read the corners' motion, compose exactly."""

    corners: Tensor
    u: Tensor
    v: Tensor

    def __init__(self, config: ModelConfig, stride: int) -> None:
        super().__init__()
        self.stride, self.cells = stride, SIZE // stride
        self.radius: int = getattr(config, f"r{stride}")
        window, width = (2 * self.radius + 1) ** 2, getattr(config, f"w{stride}")
        self.head: PooledHead | WlsHead
        if stride == 8 or config.head == "pooled":
            mix = config.mix8 if stride == 8 else 0
            self.head = PooledHead(window, width, stride, getattr(config, f"c{stride}"), mix)
        elif config.head == "wls":
            features = getattr(config, f"c{stride}")
            self.head = WlsHead(
                window, width, stride, features, config.context, config.depth, config.softargmax, config.reweight
            )
        else:
            raise ValueError(f"unknown head '{config.head}'; known: wls, pooled")
        self.register_buffer("corners", corner_points(), persistent=False)
        along = torch.arange(self.cells, dtype=torch.float32) * (stride / EXTENT)
        self.register_buffer("u", along[None, None, :], persistent=False)
        self.register_buffer("v", along[None, :, None], persistent=False)

    def forward(self, a: Tensor, b: Tensor, displacement: Tensor) -> Step:
        homography = homography_from_quad(self.corners + displacement)
        x, y = project(homography.unsqueeze(-1), self.u, self.v)
        inside = ((x > -0.5) & (x < EXTENT + 0.5) & (y > -0.5) & (y < EXTENT + 0.5)).to(x.dtype)
        grid = torch.stack([x, y], -1) * (2 / (self.stride * (self.cells - 1))) - 1
        warped = F.grid_sample(b.float(), grid, mode="bilinear", padding_mode="border", align_corners=True)
        window = local_correlation(a.contiguous(), warped, self.radius)
        head = self.head(window, a, inside)
        moved = project_points(homography, self.corners + head.motion)
        refined = (moved - self.corners).clamp(-REACH, REACH)
        return Step(displacement, refined, head.logits, head.spread, head.flow, inside, self.stride, self.radius)


class Estimator(nn.Module):
    """Pairs of grey frames, each (B, 1, 128, 128) in [0, 1], to the list of refinement steps."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.refiners = nn.ModuleDict({str(stride): Refiner(config, stride) for stride, _ in config.iterations()})

    def forward(self, first: Tensor, second: Tensor) -> list[Step]:
        features = self.encoder(torch.cat([first, second]))
        corners = first.new_zeros(first.shape[0], 4, 2, dtype=torch.float32)
        steps: list[Step] = []
        for stride, count in self.config.iterations():
            a, b = features[stride].chunk(2)
            for _ in range(count):
                step = self.refiners[str(stride)](a, b, corners)
                steps.append(step)
                # Every iteration learns from its own loss only.
                corners = step.corners.detach()
        return steps

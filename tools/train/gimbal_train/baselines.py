"""The two networks to beat, behind the interface of ours: frames in, list of steps out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import ModelConfig
from .correlation import local_correlation
from .encoder import Residual
from .estimator import REACH, Step
from .geometry import EXTENT, SIZE, corner_points, homography_from_quad, project


class Reference(nn.Module):
    """The reference system's estimator: features at stride 8 only, six iterations of a 9x9 correlation, global pooling to
    the eight numbers, and its mapping of corners to features (displacement / 8 on the map's own quad)."""

    corners: Tensor
    u: Tensor
    v: Tensor
    iterations = 6
    radius = 4

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 1
        for outputs, kernel in ((32, 7), (64, 3), (96, 3)):
            layers += [nn.Conv2d(inputs, outputs, kernel, 2, kernel // 2), nn.InstanceNorm2d(outputs, affine=True), nn.ReLU()]
            inputs = outputs
        layers += [Residual(96, 96, 1, "affine"), Residual(96, 96, 1, "affine"), nn.Conv2d(96, 96, 1)]
        self.encoder = nn.Sequential(*layers)
        window = (2 * self.radius + 1) ** 2
        self.trunk = nn.Sequential(nn.Conv2d(window + 96, 128, 3, 1, 1), nn.ReLU(), nn.Conv2d(128, 128, 3, 1, 1), nn.ReLU())
        last = nn.Linear(128, 8)
        nn.init.normal_(last.weight, std=0.01)
        nn.init.zeros_(last.bias)
        self.dense = nn.Sequential(nn.Linear(128, 128), nn.ReLU(), last)
        self.register_buffer("corners", corner_points(), persistent=False)
        t = torch.arange(16, dtype=torch.float32) / 15
        v, u = torch.meshgrid(t, t, indexing="ij")
        self.register_buffer("u", u.reshape(1, -1), persistent=False)
        self.register_buffer("v", v.reshape(1, -1), persistent=False)

    def _warp(self, features: Tensor, displacement: Tensor) -> Tensor:
        quad = displacement / 8 * (EXTENT / 15) + self.corners
        x, y = project(homography_from_quad(quad), self.u, self.v)
        grid = torch.stack([x, y], -1).view(-1, 16, 16, 2) * (2 / EXTENT) - 1
        return F.grid_sample(features.float(), grid, mode="bilinear", padding_mode="border", align_corners=True)

    def forward(self, first: Tensor, second: Tensor) -> list[Step]:
        count = first.shape[0]
        features = self.encoder(torch.cat([first, second]) * 2 - 1)
        # Not `chunk`: an export would take the size of the batch that it was made with for the only one.
        a, b = features[:count].contiguous(), features[count:]
        corners = first.new_zeros(count, 4, 2, dtype=torch.float32)
        steps: list[Step] = []
        for _ in range(self.iterations):
            window = local_correlation(a, self._warp(b, corners), self.radius)
            x = self.trunk(torch.cat([window.to(a.dtype), a], 1)).mean((2, 3))
            refined = (corners + self.dense(x).view(-1, 4, 2).float() * 8).clamp(-REACH, REACH)
            steps.append(Step(corners, refined, None, None, None, None, 8, self.radius))
            corners = refined.detach()
        return steps


class Regression(nn.Module):
    """One shot from the stacked pair to the eight numbers (DeTone, Malisiewicz, Rabinovich 2016, "Deep image homography
    estimation"):
    eight 3x3 convolutions, two dense layers. The shippable variant pools once more and has a narrower dense part."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 2
        for i, outputs in enumerate((64, 64, 64, 64, 128, 128, 128, 128)):
            layers += [nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
            if i % 2 and (i < 7 or not config.full):
                layers.append(nn.MaxPool2d(2))
            inputs = outputs
        cells, hidden = (SIZE // 8, 1024) if config.full else (SIZE // 16, config.hidden)
        self.trunk = nn.Sequential(*layers)
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(config.dropout),
            nn.Linear(128 * cells * cells, hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(hidden, 8),
        )

    def forward(self, first: Tensor, second: Tensor) -> list[Step]:
        x = self.dense(self.trunk(torch.cat([first, second], 1) * 2 - 1))
        corners = x.view(-1, 4, 2).float() * 32
        return [Step(torch.zeros_like(corners), corners, None, None, None, None, SIZE, 0)]

"""Warps and the symmetric correlation. Coordinates and flows are float32 whatever the network runs in.

Pixel centres are on integers within each plane. A cell of a map at stride s covers s x s luma pixels, so luma pixel X lies at
(X + 0.5) / s - 0.5 of that map. Flows are in luma pixels at every stride, (B, 2, H, W) as (x, y).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def pixel_grid(height: int, width: int, device: torch.device) -> Tensor:
    """(1, 2, H, W) float32: x and y of every pixel."""
    y, x = torch.meshgrid(
        torch.arange(height, device=device, dtype=torch.float32),
        torch.arange(width, device=device, dtype=torch.float32),
        indexing="ij",
    )
    return torch.stack([x, y])[None]


def sample(plane: Tensor, at: Tensor, mode: str = "bilinear") -> Tensor:
    """`plane` (B, C, H, W) at the positions `at` (B, 2, h, w), in pixels of the plane; beyond the border its last pixel counts.

    `bicubic` is Keys' kernel with a = -0.75, as in PyTorch and in the package's own operation.
    """
    height, width = plane.shape[-2:]
    at = at.float()
    # No tensor is made of Python numbers here: that would be a copy, which a CUDA graph cannot hold.
    grid = torch.stack([at[:, 0] * (2 / max(width - 1, 1)) - 1, at[:, 1] * (2 / max(height - 1, 1)) - 1], -1)
    return F.grid_sample(plane.float(), grid, mode=mode, padding_mode="border", align_corners=True)


def warp(features: Tensor, flow: Tensor, stride: int) -> Tensor:
    """Features of a map at `stride`, fetched from where `flow` (luma pixels, same size as the map) points."""
    at = pixel_grid(*features.shape[-2:], features.device) + flow.float() / stride
    return sample(features, at).to(features.dtype)


def symmetric_correlation(first: Tensor, second: Tensor, radius: int) -> Tensor:
    """(B, (2r+1)^2, H, W): the product of `first` at x - d and `second` at x + d over the channels, divided by sqrt(C); d runs
    row by row from (-r, -r). Outside of the maps the features count as zero."""
    b, c, h, w = first.shape
    n = (2 * radius + 1) ** 2
    around_first = F.unfold(first, 2 * radius + 1, padding=radius).view(b, c, n, h, w).flip(2)
    around_second = F.unfold(second, 2 * radius + 1, padding=radius).view(b, c, n, h, w)
    return (around_first * around_second).sum(1) * c**-0.5


def to_time(first: Tensor, second: Tensor, context: Tensor, t: Tensor, stride: int) -> tuple[Tensor, Tensor, Tensor]:
    """The flows of the middle moment carried to time `t` (B,): a point that is at q in the middle, with motion v = second - first
    over the whole interval, is at q + (t - 1/2) v at t. Two steps of the fixed point q = x - (t - 1/2) v(q).

    Returns the flows from x at t into the first and the second frame, and the context fetched from q.
    """
    grid = pixel_grid(*first.shape[-2:], first.device)
    motion = (second - first) / stride
    late = (t - 0.5).view(-1, 1, 1, 1)
    at = grid - late * motion
    at = grid - late * sample(motion, at)
    found = sample(torch.cat([first, second, context.float()], 1), at)
    share = t.view(-1, 1, 1, 1)
    return found[:, :2] * (2 * share), found[:, 2:4] * (2 - 2 * share), found[:, 4:].to(context.dtype)


def enlarge(x: Tensor, factor: int) -> Tensor:
    """Bilinear enlargement of a map of cells."""
    return F.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)

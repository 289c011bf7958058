"""Things that move by themselves and things fixed to the screen, drawn over both frames of a pair."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .degrade import Degradation
from .geometry import EXTENT, SIZE

MOST = 9
"""Most corners of an outline."""


class Covered(NamedTuple):
    """Both frames, and what is covered in each, (B, 1, 128, 128) in [0, 1]."""

    first: Tensor
    second: Tensor
    hidden_first: Tensor
    hidden_second: Tensor


def add_moving(d: Degradation, first: Tensor, second: Tensor, some: Tensor) -> Covered:
    """One to three things over pairs where `some` is 1, covering up to 45 % together: round or with corners, edges soft or
    hard, showing what another pair of the batch shows, moving by up to 32 px by themselves, a few in one frame only."""
    u = d.uniform
    hidden_first, hidden_second = torch.zeros_like(first), torch.zeros_like(second)
    count = torch.floor(u(1, 4, 1, 1, 1))
    size = torch.sqrt(u(0.06, 0.45, 1, 1, 1) * SIZE * SIZE / count)
    # Half of the pairs show one foreign picture in all their things, so that these cannot be told apart by their texture.
    same = u(0, 1, 1, 1, 1) < 0.5
    source = second
    for i in range(3):
        use = some * (count > i).float()
        texture = torch.where(same, source.roll(1, 0), source.roll(i + 1, 0))
        outline = _outline(d, size)
        cx, cy = u(0, EXTENT, 1, 1, 1), u(0, EXTENT, 1, 1, 1)
        moving = (u(0, 1, 1, 1, 1) > 0.15).float()
        wide = u(0, 1, 1, 1, 1) < 0.6
        mx, my = (_step(d, wide) * moving for _ in range(2))
        # Most stay on the screen.
        mx, my = (c + m.clamp(-c, EXTENT - c) - c for c, m in ((cx, mx), (cy, my)))
        turn, grow = u(-0.3, 0.3, 1, 1, 1) * moving, torch.exp(u(-0.15, 0.15, 1, 1, 1) * moving)
        only_second = (u(0, 1, 1, 1, 1) < 0.1).float()
        x, y = d.x - cx, d.y - cy
        px, py = x - mx, y - my
        px, py = (px * turn.cos() + py * turn.sin()) * grow, (py * turn.cos() - px * turn.sin()) * grow
        grid = torch.cat([px + cx, py + cy], 1).permute(0, 2, 3, 1) * (2 / EXTENT) - 1
        moved = F.grid_sample(texture, grid, padding_mode="reflection", align_corners=True)
        at_first, at_second = outline.mask(px, py) * use * (1 - only_second), outline.mask(x, y) * use
        first, second = first + at_first * (moved - first), second + at_second * (texture - second)
        hidden_first, hidden_second = torch.maximum(hidden_first, at_first), torch.maximum(hidden_second, at_second)
    return Covered(first, second, hidden_first, hidden_second)


def _step(d: Degradation, wide: Tensor) -> Tensor:
    """Own motion along one axis: any of +-32 px, or mostly small."""
    return torch.where(wide, d.uniform(-32, 32, 1, 1, 1), torch.randn(d.batch, 1, 1, 1, device=d.device) * 8)


class _Outline(NamedTuple):
    """A shape around the origin. `size`: root of its area in pixels, roughly; `stretch`, `tilt`, `power` of its superellipse;
    `knots` (B, 9): distance of the corners, of which `corners` count, from angle `tilt` on; `cornered`: whether these rule;
    `edge`: pixels over which the rim fades, 0 for none."""

    size: Tensor
    stretch: Tensor
    tilt: Tensor
    power: Tensor
    knots: Tensor
    corners: Tensor
    cornered: Tensor
    edge: Tensor

    def mask(self, x: Tensor, y: Tensor) -> Tensor:
        """Coverage of the points (B, 1, n, n), in pixels from the middle."""
        a, b = x * self.tilt.cos() + y * self.tilt.sin(), y * self.tilt.cos() - x * self.tilt.sin()
        rim = torch.where(self.cornered, self._straight(a, b), self._round(a, b))
        # How far inside in pixels, along the ray from the middle.
        depth = (1 - rim) * self.size * 0.6
        return torch.where(self.edge > 0, torch.sigmoid(4 * depth / self.edge.clamp(min=0.1)), (depth > 0).float())

    def _round(self, x: Tensor, y: Tensor) -> Tensor:
        radius = self.size / math.sqrt(math.pi)
        a, b = (x / (radius * self.stretch)).abs(), (y / (radius / self.stretch)).abs()
        return torch.maximum(a, b) * (1 + (torch.minimum(a, b) / torch.maximum(a, b).clamp(min=1e-3)) ** self.power) ** (
            1 / self.power
        )

    def _straight(self, x: Tensor, y: Tensor) -> Tensor:
        """Distance from the middle over that of the straight edge between two corners on the same ray."""
        sector = 2 * math.pi / self.corners
        angle = torch.remainder(torch.atan2(y, x), 2 * math.pi)
        at = torch.minimum(torch.floor(angle / sector), self.corners - 1)
        inner = angle - at * sector
        after = torch.remainder(at + 1, self.corners)
        near, far = (self.knots.gather(1, k.flatten(1).long().clamp(0, MOST - 1)).view_as(x) * self.size for k in (at, after))
        inverse = (torch.sin(sector - inner) / near + torch.sin(inner) / far) / torch.sin(sector)
        return torch.sqrt(x * x + y * y + 1e-6) * inverse


def _outline(d: Degradation, size: Tensor) -> _Outline:
    u = d.uniform
    soft = u(0, 1, 1, 1, 1) < 0.5
    return _Outline(
        size * torch.exp(u(-0.25, 0.25, 1, 1, 1)),
        torch.exp(u(-0.5, 0.5, 1, 1, 1)),
        u(0, 2 * math.pi, 1, 1, 1),
        torch.exp(u(math.log(2.0), math.log(10.0), 1, 1, 1)),
        u(0.45, 1.05, MOST),
        torch.floor(u(5, MOST + 1, 1, 1, 1)).clamp(max=MOST),
        u(0, 1, 1, 1, 1) < 0.6,
        torch.where(soft, u(0.5, 6, 1, 1, 1), 0.0),
    )


def add_screen(d: Degradation, covered: Covered, on: Tensor) -> Covered:
    """Letterbox or pillar bars and a line of strokes near the lower edge, at the same place in both frames."""
    u = d.uniform
    axis = torch.where(u(0, 1, 1, 1, 1) < 0.7, d.y, d.x)
    width = u(3, 20, 1, 1, 1)
    bars = ((axis < width) | (axis > EXTENT - width)).float() * d.chance(0.06) * on
    top, high = u(96, 116, 1, 1, 1), u(4, 12, 1, 1, 1)
    row = ((d.y > top) & (d.y < top + high)).float() * ((d.x - 63.5).abs() < u(20, 60, 1, 1, 1)).float()
    strokes = (torch.rand(d.batch, 1, SIZE // 2, SIZE // 2, device=d.device) > 0.5).float()
    strokes = F.interpolate(strokes, scale_factor=2.0, mode="nearest") * row * d.chance(0.06) * on
    grey, fixed = u(0.7, 1, 1, 1, 1), torch.maximum(bars, strokes)
    frames = [f + bars * (0.02 - f) for f in covered[:2]]
    frames = [f + strokes * (grey - f) for f in frames]
    return Covered(frames[0], frames[1], *(torch.maximum(hidden, fixed) for hidden in covered[2:]))

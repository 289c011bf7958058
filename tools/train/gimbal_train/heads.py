"""Two ways from a correlation window to a motion of the four corners."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .geometry import SIZE, corner_jacobian, grid_points
from .solve import solve_spd


class HeadOutput(NamedTuple):
    """`motion` (B, 4, 2): corner motion on the first frame's grid, pixels. `logits` (B, n, n): inlier map before the sigmoid.
    `spread` (B,): predicted mean corner error, pixels. `flow` (B, 2, n, n): dense motion in pixels, or None."""

    motion: Tensor
    logits: Tensor
    spread: Tensor
    flow: Tensor | None


def _as_spread(x: Tensor) -> Tensor:
    """Positive and bounded: 1e-3 px to 100 px."""
    return torch.exp(x.clamp(-6.9, 4.6))


class PooledHead(nn.Module):
    """Convolution and max pooling down to a 2x2 map whose cells are the corners: a large basin, coarse precision."""

    def __init__(self, window: int, width: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.enter = nn.Conv2d(window, width, 1)
        blocks: list[nn.Module] = []
        cells = SIZE // stride
        while cells > 2:
            blocks += [nn.Sequential(nn.Conv2d(width, width, 3, 1, 1), nn.GroupNorm(8, width), nn.ReLU()), nn.MaxPool2d(2)]
            cells //= 2
        self.blocks = nn.ModuleList(blocks)
        self.leave = nn.Conv2d(width, 2, 1)
        self.map = nn.Conv2d(width, 1, 1)
        self.spread = nn.Linear(width, 1)
        nn.init.normal_(self.leave.weight, std=0.01)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, correlation: Tensor, context: Tensor, inside: Tensor) -> HeadOutput:
        x = self.enter(correlation)
        fine = None
        for block in self.blocks:
            x = block(x)
            fine = x if fine is None else fine
        assert fine is not None
        motion = self.leave(x).flatten(2).transpose(1, 2).float() * self.stride
        spread = self.spread(x.detach().mean((2, 3))).float().squeeze(-1)
        return HeadOutput(motion, self.map(fine).float().squeeze(1), _as_spread(spread), None)


class WlsHead(nn.Module):
    """Dense flow with a 2x2 information matrix per cell, then weighted least squares for the eight corner numbers.

    Every cell contributes what it knows (along an edge: nothing; on another plane: nothing), so thousands of cells average, and
    the inlier probability that multiplies the information is the inlier map itself.
    """

    jx: Tensor
    jy: Tensor
    offsets: Tensor

    def __init__(
        self, window: int, width: int, stride: int, features: int, context: int, depth: int, softargmax: bool, reweight: bool
    ) -> None:
        super().__init__()
        self.stride, self.softargmax, self.reweight = stride, softargmax, reweight
        self.enter = nn.Conv2d(window, width, 1)
        self.context = nn.Conv2d(features, width, 1, bias=False) if context else None
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, width, 3, 1, 1 + i % 2, 1 + i % 2), nn.GroupNorm(8, width)) for i in range(depth)
        )
        self.leave = nn.Conv2d(width, 6, 1)
        nn.init.normal_(self.leave.weight, std=0.01)
        with torch.no_grad():
            assert self.leave.bias is not None
            self.leave.bias.copy_(torch.tensor([0.0, 0.0, 0.5, 0.0, 0.5, 1.0]))
        self.sharpness = nn.Parameter(torch.tensor(1.0))
        self.spread = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
        jacobian = corner_jacobian(*grid_points(stride))
        self.register_buffer("jx", jacobian[:, 0].contiguous(), persistent=False)
        self.register_buffer("jy", jacobian[:, 1].contiguous(), persistent=False)
        side = round(window**0.5)
        t = torch.arange(side, dtype=torch.float32) - (side - 1) / 2
        y, x = torch.meshgrid(t, t, indexing="ij")
        self.register_buffer("offsets", torch.stack([x.reshape(-1), y.reshape(-1)])[:, :, None, None], persistent=False)

    def forward(self, correlation: Tensor, context: Tensor, inside: Tensor) -> HeadOutput:
        x = self.enter(correlation)
        if self.context is not None:
            x = x + self.context(context)
        x = F.relu(x)
        for block in self.blocks:
            x = F.relu(x + block(x))
        with torch.autocast(x.device.type, enabled=False):
            return self._solve(self.leave(x.float()), correlation.float(), inside)

    def _solve(self, out: Tensor, correlation: Tensor, inside: Tensor) -> HeadOutput:
        flow = out[:, :2]
        if self.softargmax:
            flow = flow + F.conv2d(torch.softmax(correlation * self.sharpness, 1), self.offsets)
        flow = flow * self.stride
        logits = out[:, 5]
        present = (torch.sigmoid(logits) * inside).flatten(1)
        l11, l21, l22 = F.softplus(out[:, 2]).flatten(1), out[:, 3].flatten(1), F.softplus(out[:, 4]).flatten(1)
        weights = (present * l11 * l11, present * l11 * l21, present * (l21 * l21 + l22 * l22))
        dx, dy = flow[:, 0].flatten(1), flow[:, 1].flatten(1)
        motion, inverse = self._least_squares(weights, dx, dy)
        rx, ry = self._residual(motion, dx, dy)
        if self.reweight:
            trust = 1 / (1 + (rx * rx + ry * ry) / (0.25 * self.stride * self.stride))
            weights = (weights[0] * trust, weights[1] * trust, weights[2] * trust)
            motion, inverse = self._least_squares(weights, dx, dy)
            rx, ry = self._residual(motion, dx, dy)
        spread = self.spread(self._statistics(inverse, motion, weights, rx, ry, present)).squeeze(-1)
        return HeadOutput(motion.view(-1, 4, 2), logits, _as_spread(spread), flow)

    def _least_squares(self, weights: tuple[Tensor, Tensor, Tensor], dx: Tensor, dy: Tensor) -> tuple[Tensor, Tensor]:
        wxx, wxy, wyy = (w.unsqueeze(-1) for w in weights)
        row_x = wxx * self.jx + wxy * self.jy
        row_y = wxy * self.jx + wyy * self.jy
        cells = self.jx.shape[0]
        a = (self.jx.t() @ row_x + self.jy.t() @ row_y) / cells
        b = ((row_x * dx.unsqueeze(-1)).sum(1) + (row_y * dy.unsqueeze(-1)).sum(1)) / cells
        # A weak prior towards no motion keeps the system solvable where nothing can be seen.
        eye = torch.eye(8, dtype=a.dtype, device=a.device)
        return solve_spd(a + 1e-4 * eye, b)

    def _residual(self, motion: Tensor, dx: Tensor, dy: Tensor) -> tuple[Tensor, Tensor]:
        return dx - motion @ self.jx.t(), dy - motion @ self.jy.t()

    def _statistics(
        self, inverse: Tensor, motion: Tensor, weights: tuple[Tensor, Tensor, Tensor], rx: Tensor, ry: Tensor, present: Tensor
    ) -> Tensor:
        """What the corner error is predicted from: posterior variance, weighted residual, size of the step, share of
        inliers."""
        variance = (inverse * torch.eye(8, dtype=inverse.dtype, device=inverse.device)).sum((1, 2))
        cost = (weights[0] * rx * rx + 2 * weights[1] * rx * ry + weights[2] * ry * ry).mean(1)
        step = (motion * motion).mean(1)
        logs = [torch.log(t.detach().clamp(min=1e-8)) for t in (variance, cost, step, present.mean(1))]
        return torch.stack(logs, 1) * 0.25

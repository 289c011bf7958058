"""Two ways from a correlation window to a motion of the four corners."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .geometry import SIZE
from .least_squares import CornerLeastSquares, Weights
from .mixing import CellMixer


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
    """Convolution and max pooling down to a 2x2 map whose cells are the corners: a large basin, coarse precision.

    With `mix` layers of attention after the first pooling, cells far apart agree on the motion to follow; the head then also
    sees the first frame's `features` and which cells leave the second frame. Added to a trained head without it, all this
    starts by changing nothing.
    """

    def __init__(self, window: int, width: int, stride: int, features: int = 0, mix: int = 0) -> None:
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
        self.mixer: CellMixer | None = None
        if mix:
            self.mixer = CellMixer(width, SIZE // stride // 2, mix)
            self.context = nn.Conv2d(features, width, 1, bias=False)
            self.outside = nn.Conv2d(1, width, 1, bias=False)
            self.gather = nn.Conv2d(width, width, 2, 2, bias=False)
            self.map_mixed = nn.Conv2d(width, 4, 1, bias=False)
            for added in (self.context, self.outside, self.gather, self.map_mixed):
                nn.init.zeros_(added.weight)

    def forward(self, correlation: Tensor, context: Tensor, inside: Tensor) -> HeadOutput:
        x = self.enter(correlation)
        if self.mixer is not None:
            x = x + self.context(context) + self.outside((1 - inside).unsqueeze(1))
        fine = self.blocks[0](x)
        x, logits = self.blocks[1](fine), self.map(fine)
        motion: Tensor | None = None
        if self.mixer is not None:
            x = x + self.gather(fine)
            added, motion = self.mixer(x)
            x = x + added
            # Four numbers per pooled cell, one for each of the cells below it.
            logits = logits + F.pixel_shuffle(self.map_mixed(x), 2)
        for block in self.blocks[2:]:
            x = block(x)
        corners = self.leave(x).flatten(2).transpose(1, 2)
        if motion is not None:
            corners = corners + motion
        spread = self.spread(x.detach().mean((2, 3))).float().squeeze(-1)
        return HeadOutput(corners.float() * self.stride, logits.float().squeeze(1), _as_spread(spread), None)


class WlsHead(nn.Module):
    """Dense flow with a 2x2 information matrix per cell, then weighted least squares for the eight corner numbers.

    Every cell contributes what it knows (along an edge: nothing; on another plane: nothing), so thousands of cells average, and
    the inlier probability that multiplies the information is the inlier map itself.
    """

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
        self.solve = CornerLeastSquares(stride)
        side = round(window**0.5)
        t = torch.arange(side, dtype=torch.float32) - (side - 1) / 2
        y, x = torch.meshgrid(t, t, indexing="ij")
        offsets = torch.stack([x.reshape(-1), y.reshape(-1), torch.ones(window)])
        self.register_buffer("offsets", offsets[:, :, None, None], persistent=False)

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
            flow = flow + self._peak(correlation)
        flow = flow * self.stride
        logits = out[:, 5]
        present = torch.sigmoid(logits) * inside
        l11, l21, l22 = F.softplus(out[:, 2]), out[:, 3], F.softplus(out[:, 4])
        scaled = present * l11
        weights = (scaled * l11, scaled * l21, present * (l21 * l21 + l22 * l22))
        motion, inverse, rx, ry = self._fit(weights, flow)
        if self.reweight:
            trust = 1 / (1 + (rx * rx + ry * ry) / (0.25 * self.stride * self.stride))
            weights = (weights[0] * trust, weights[1] * trust, weights[2] * trust)
            motion, inverse, rx, ry = self._fit(weights, flow)
        spread = self.spread(self._statistics(inverse, motion, weights, rx, ry, present)).squeeze(-1)
        return HeadOutput(motion.view(-1, 4, 2), logits, _as_spread(spread), flow)

    def _peak(self, correlation: Tensor) -> Tensor:
        """Soft-argmax of every cell's window, (B, 2, n, n) in cells. Written out, with both sums in one convolution: a softmax
        over channels is several times slower in ONNX Runtime."""
        sharp = correlation * self.sharpness
        sums = F.conv2d(torch.exp(sharp - sharp.amax(1, keepdim=True)), self.offsets)
        return sums[:, :2] / sums[:, 2:]

    def _fit(self, weights: Weights, flow: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Corner motion, inverse of its system, and what it leaves of the flow."""
        dx, dy = flow[:, 0], flow[:, 1]
        motion, inverse = self.solve(weights, dx, dy)
        x, y = self.solve.flow(motion)
        return motion, inverse, dx - x, dy - y

    def _statistics(self, inverse: Tensor, motion: Tensor, weights: Weights, rx: Tensor, ry: Tensor, present: Tensor) -> Tensor:
        """What the corner error is predicted from: posterior variance, weighted residual, size of the step, share of
        inliers."""
        variance = (inverse * self.solve.eye).sum((1, 2))
        cost = (weights[0] * rx * rx + 2 * weights[1] * rx * ry + weights[2] * ry * ry).mean((1, 2))
        step = (motion * motion).mean(1)
        logs = [torch.log(t.detach().clamp(min=1e-8)) for t in (variance, cost, step, present.mean((1, 2)))]
        return torch.stack(logs, 1) * 0.25

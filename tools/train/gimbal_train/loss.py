"""What a training step minimises."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .config import TrainConfig
from .estimator import Step
from .geometry import EXTENT, SIZE, corner_points, grid_points, homography_from_quad, invert, project
from .pairs import Pair


class Loss:
    """Corner error of every refinement, later ones weighing more, plus what the inlier map, the dense flow and the predicted
    spread are taught. `log_weight` is a device scalar: the schedule switches the logarithmic term on."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        self.config = config
        self.corners = corner_points(device)
        self.log_weight = torch.zeros((), device=device)
        self.grids = {s: tuple(t[None].to(device) for t in grid_points(s)) for s in (1, 2, 4, 8)}

    def __call__(self, steps: list[Step], pair: Pair) -> tuple[Tensor, Tensor]:
        """The loss and the mean corner error (L2, pixels) of the last step."""
        c = self.config
        total = pair.corners.new_zeros(())
        for i, step in enumerate(steps):
            weight = c.gamma ** (len(steps) - 1 - i)
            total = total + weight * self._corner(step.corners, pair.corners).mean()
            if step.logits is not None and step.spread is not None and step.inside is not None:
                present = _at_cells(pair.inliers, step.stride)
                total = total + weight * c.inlier * F.binary_cross_entropy_with_logits(step.logits, present)
                total = total + weight * c.spread * self._spread(step, pair).mean()
                if step.flow is not None and c.flow > 0:
                    total = total + weight * c.flow * self._flow(step, pair, present)
        last = (steps[-1].corners.detach() - pair.corners).norm(dim=-1).mean()
        return total, last

    def _corner(self, corners: Tensor, truth: Tensor) -> Tensor:
        difference = corners - truth
        if self.config.norm == "mse":
            return (difference * difference).mean((1, 2))
        if self.config.norm == "l2":
            error = torch.sqrt((difference * difference).sum(-1) + 1e-8).mean(1)
        else:
            error = difference.abs().mean((1, 2))
        return error + self.log_weight * self.config.log * torch.log(error + self.config.log_floor)

    def _spread(self, step: Step, pair: Pair) -> Tensor:
        """Laplace likelihood of the error that was made; teaches the spread only, never the corners."""
        assert step.spread is not None
        error = (step.corners.detach() - pair.corners).norm(dim=-1).mean(1)
        likelihood: Tensor = torch.log(step.spread) + (error + 1e-3) / step.spread
        return likelihood

    def _flow(self, step: Step, pair: Pair, present: Tensor) -> Tensor:
        """Mean absolute flow error in cells, over visible cells whose true motion lies within the correlation window."""
        assert step.flow is not None and step.inside is not None
        u, v = self.grids[step.stride]
        x, y = project(homography_from_quad(self.corners + pair.corners), u, v)
        back = invert(homography_from_quad(self.corners + step.before))
        x, y = project(back, x / EXTENT, y / EXTENT)
        n = SIZE // step.stride
        true = torch.stack([x - u * EXTENT, y - v * EXTENT], 1).view(-1, 2, n, n)
        reachable = (true.abs().amax(1) < (step.radius + 0.5) * step.stride).float() * present * step.inside
        difference = (step.flow - true).abs().sum(1).clamp(max=4 * step.radius * step.stride) / step.stride
        return (difference * reachable).sum() / (reachable.sum() + 1)


def _at_cells(inliers: Tensor, stride: int) -> Tensor:
    """The map (B, 1, 128, 128) at the cells' pixels, averaged over a cell's surroundings: (B, n, n)."""
    if stride == 1:
        return inliers[:, 0]
    padded = F.pad(inliers, (stride // 2, 0, stride // 2, 0), mode="replicate")
    return F.avg_pool2d(padded, stride + stride % 2, stride)[:, 0, : SIZE // stride, : SIZE // stride]

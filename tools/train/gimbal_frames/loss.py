"""What the training minimises."""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor

from .lite import Made, Motion, Picture
from .sampling import enlarge

LEVELS = 5


@functools.lru_cache
def _taps(device: torch.device) -> Tensor:
    return torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], device=device) / 16


def _blur(x: Tensor) -> Tensor:
    """The 5-tap binomial filter, mirrored at the border."""
    k = _taps(x.device)
    x = F.conv2d(F.pad(x, (2, 2, 0, 0), mode="reflect"), k.view(1, 1, 1, 5))
    return F.conv2d(F.pad(x, (0, 0, 2, 2), mode="reflect"), k.view(1, 1, 5, 1))


def laplacian(difference: Tensor) -> Tensor:
    """Weighted mean absolute value of the Laplacian pyramid of a difference (B, 1, H, W); the pyramid is linear, so that of the
    difference is the difference of both."""
    total = difference.new_zeros(())
    for level in range(LEVELS - 1):
        low = _blur(difference)[:, :, ::2, ::2]
        total = total + 2.0**level * (difference - enlarge(low, 2)).abs().mean()
        difference = low
    return total + 2.0 ** (LEVELS - 1) * difference.abs().mean()


def picture_loss(made: Made, target: Picture) -> Tensor:
    """Laplacian of luma, plain difference of chroma, and the plain difference of luma."""
    luma = F.pixel_shuffle(made.half[:, :4], 2)
    return laplacian(luma - target.luma) + (made.half[:, 4:] - target.chroma).abs().mean() + (luma - target.luma).abs().mean()


def flow_loss(motion: Motion, first: Tensor, second: Tensor, count: int) -> Tensor:
    """Robust distance of the flows at every stride to the true ones (count, 2, H, W), of the first `count` samples; points that move
    by more than 80 pixels do not count."""
    truth = torch.cat([first, second], 1)
    total = truth.new_zeros(())
    for flow in [*motion.coarse, torch.cat([motion.first, motion.second], 1)]:
        stride = truth.shape[-1] // flow.shape[-1]
        wanted = F.avg_pool2d(truth, stride)
        good = (wanted.abs().amax(1, keepdim=True) < 80).float()
        far = (flow[:count].float() - wanted).square() + 0.01
        total = total + (good * far.sqrt()).mean()
    return total

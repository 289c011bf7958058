"""The compiled operator as PyTorch sees it: shapes for tracing, and its derivative."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor

from .build import load_library

RADII = range(1, 5)
"""Radii that there are kernels for."""


@cache
def registered(cuda: bool) -> None:
    """Builds the library and registers shapes and derivative, once: `torch.compile` and CUDA graphs then work with it."""
    load_library(cuda)
    torch.library.register_fake("gimbal_correlation::forward", _shape)
    torch.library.register_fake("gimbal_correlation::backward", _shapes)
    torch.library.register_autograd("gimbal_correlation::forward", _differentiate, setup_context=_keep)


def fused_correlation(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    """(B, C, H, W) twice to (B, (2r+1)^2, H, W), by the compiled kernels; `registered` has to come first."""
    out: Tensor = torch.ops.gimbal_correlation.forward(fa, fb, radius)
    return out


def _shape(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    return fa.new_empty(fa.shape[0], (2 * radius + 1) ** 2, *fa.shape[2:])


def _shapes(grad: Tensor, fa: Tensor, fb: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    return fa.new_empty(fa.shape), fb.new_empty(fb.shape)


def _keep(ctx: Any, inputs: tuple[Tensor, Tensor, int], output: Tensor) -> None:
    fa, fb, ctx.radius = inputs
    ctx.save_for_backward(fa, fb)


def _differentiate(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
    fa, fb = ctx.saved_tensors
    ga, gb = torch.ops.gimbal_correlation.backward(grad, fa, fb, ctx.radius)
    return ga, gb, None

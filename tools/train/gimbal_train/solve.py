"""Symmetric 8x8 systems without a linear-algebra library: exportable to ONNX and capturable in a CUDA graph."""

from __future__ import annotations

import torch
from torch import Tensor


def inverse_spd(a: Tensor) -> Tensor:
    """Inverse of symmetric positive definite matrices (B, n, n) by Gauss-Jordan; no pivoting is needed for such matrices."""
    n = a.shape[-1]
    eye = torch.eye(n, dtype=a.dtype, device=a.device)
    m = torch.cat([a, eye.expand_as(a)], -1)
    for k in range(n):
        row = m[:, k : k + 1] / m[:, k : k + 1, k : k + 1]
        # Row k itself becomes `row`: m_k - (m_kk - 1) * row = row.
        m = m - (m[:, :, k : k + 1] - eye[:, k : k + 1]) * row
    return m[:, :, n:]


def solve_spd(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Solves a x = b for (B, n, n) and (B, n); returns x and the inverse (without gradient).

    The last step is one iterative refinement of the elimination's answer and, at the same time, the implicit-function gradient
    dx = a^-1 (db - da x): the elimination itself needs no backward pass.
    """
    inverse = inverse_spd(a.detach())
    x = (inverse @ b.detach().unsqueeze(-1)).detach()
    return (x + inverse @ (b.unsqueeze(-1) - a @ x)).squeeze(-1), inverse

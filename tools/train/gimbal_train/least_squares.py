"""The four corners' motion that a weighted dense flow agrees with best, by its moments over the map."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .geometry import EXTENT, SIZE, corner_jacobian
from .solve import solve_spd

Weights = tuple[Tensor, Tensor, Tensor]
"""The 2x2 information of every cell, as its entries xx, xy, yy, each (B, n, n)."""

DEGREE = 4
"""The linear corner model is quadratic in the place on the map, its products are of degree 4."""


class CornerLeastSquares(nn.Module):
    """Weighted least squares of the eight corner numbers over the cells of a map of one stride.

    The model is `corner_jacobian`: quadratic in the place. So its normal equations are fixed combinations of the moments
    sum w x^i y^j, which are two small matrix products per map, and no array of (cells, 8) is ever stored or multiplied. Places
    are scaled to -1..1, where the powers are well conditioned in float32.
    """

    powers: Tensor
    model: Tensor
    normal: Tensor
    right: Tensor
    eye: Tensor

    def __init__(self, stride: int) -> None:
        super().__init__()
        cells, p = SIZE // stride, DEGREE + 1
        place = torch.arange(cells, dtype=torch.float64) * (2 * stride / EXTENT) - 1
        model = _model()
        normal = torch.zeros(3, p, p, 8, 8, dtype=torch.float64)
        right = torch.zeros(2, p, p, 8, dtype=torch.float64)
        for j, i in _exponents():
            right[0, j, i], right[1, j, i] = model[0, j, i], model[1, j, i]
            for k, h in _exponents():
                x, y, of_x, of_y = model[0, j, i], model[1, j, i], model[0, k, h], model[1, k, h]
                normal[0, j + k, i + h] += torch.outer(x, of_x)
                normal[1, j + k, i + h] += torch.outer(x, of_y) + torch.outer(y, of_x)
                normal[2, j + k, i + h] += torch.outer(y, of_y)
        for name, value in (
            ("powers", torch.stack([place**k for k in range(p)], 1)),
            ("model", model.flatten(0, 2).t()),
            ("normal", normal.reshape(-1, 64) / cells**2),
            ("right", right.reshape(-1, 8) / cells**2),
            ("eye", torch.eye(8)),
        ):
            self.register_buffer(name, value.float().contiguous(), persistent=False)

    def forward(self, weights: Weights, dx: Tensor, dy: Tensor) -> tuple[Tensor, Tensor]:
        """The corner motion (B, 8) that minimises the mean over the cells of r^T W r, where r is the difference to the flow
        dx, dy, each (B, n, n) in pixels; and the inverse (B, 8, 8) of the system."""
        xx, xy, yy = weights
        maps = torch.stack([xx, xy, yy, xx * dx + xy * dy, xy * dx + yy * dy], 1)
        moments = self.powers.t() @ (maps @ self.powers)
        a = (moments[:, :3].flatten(1) @ self.normal).view(-1, 8, 8)
        # A weak prior towards no motion keeps the system solvable where nothing can be seen.
        return solve_spd(a + 1e-4 * self.eye, moments[:, 3:].flatten(1) @ self.right)

    def flow(self, motion: Tensor) -> tuple[Tensor, Tensor]:
        """The flow dx, dy, each (B, n, n), of a corner motion (B, 8)."""
        p = DEGREE + 1
        both = self.powers @ (motion @ self.model).view(-1, 2, p, p) @ self.powers.t()
        return both[:, 0], both[:, 1]


def _exponents() -> list[tuple[int, int]]:
    """Powers (of y, of x) of the corner model."""
    return [(j, i) for j in range(3) for i in range(3 - j)]


def _model() -> Tensor:
    """`corner_jacobian` as polynomials of the place in -1..1: (2, 5, 5, 8), by component, power of y, power of x, number."""
    t = torch.linspace(-1, 1, 5, dtype=torch.float64)
    y, x = (m.reshape(-1) for m in torch.meshgrid(t, t, indexing="ij"))
    terms = torch.stack([y**j * x**i for j, i in _exponents()], 1)
    jacobian = corner_jacobian((x + 1) / 2, (y + 1) / 2).reshape(len(t) ** 2, 16)
    fitted = torch.linalg.lstsq(terms, jacobian).solution.reshape(-1, 2, 8)
    model = torch.zeros(2, DEGREE + 1, DEGREE + 1, 8, dtype=torch.float64)
    for term, (j, i) in enumerate(_exponents()):
        model[:, j, i] = fitted[term]
    return model

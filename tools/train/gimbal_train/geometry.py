"""Homographies of the 128-pixel grid. Everything here is float32 (or float64 in the checks), whatever the network runs in.

Conventions: pixel centres on integers; corners in the order TL, TR, BL, BR = (0,0), (127,0), (0,127), (127,127). A
homography H maps
the first (previous) frame to the second (current): `first(x) = second(H(x))`. It is kept as eight numbers (a, b, c, d, e, f,
g, h) over the unit square: x' = (a u + b v + c) / (g u + h v + 1), with (u, v) = pixel / 127.
"""

from __future__ import annotations

import torch
from torch import Tensor

SIZE = 128
"""Pixels of the square grid that the networks see."""
EXTENT = SIZE - 1.0
"""Distance between two corner pixels' centres."""


def corner_points(device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> Tensor:
    """The four corners, (4, 2) as (x, y)."""
    return torch.tensor([[0, 0], [EXTENT, 0], [0, EXTENT], [EXTENT, EXTENT]], device=device, dtype=dtype)


def homography_from_quad(quad: Tensor) -> Tensor:
    """Closed form unit square -> quad (B, 4, 2), as (B, 8). Heckbert, "Fundamentals of Texture Mapping" (1989), section 2.2.3.

    No linear solver: it is exportable and can be captured in a CUDA graph. The clamp keeps folded quads, which occur early in
    training, finite; it is inactive for convex ones of sane size.
    """
    p0, p1, p3, p2 = quad.unbind(1)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = p0.unbind(-1), p1.unbind(-1), p2.unbind(-1), p3.unbind(-1)
    dx1, dy1, dx2, dy2 = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    den = (dx1 * dy2 - dx2 * dy1).clamp(max=-0.02 * EXTENT * EXTENT)
    g, h = (sx * dy2 - dx2 * sy) / den, (dx1 * sy - sx * dy1) / den
    return torch.stack([x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h], 1)


def project(h: Tensor, u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Pixels where homographies (B, 8) send unit-square points u, v, each (B, n) or (n,); (B, 8, 1) goes with (1, 1, n) and
    (1, n, 1), whose answers are (B, n, n)."""
    w = (h[:, 6:7] * u + h[:, 7:8] * v + 1).clamp(min=0.05)
    return (h[:, 0:1] * u + h[:, 1:2] * v + h[:, 2:3]) / w, (h[:, 3:4] * u + h[:, 4:5] * v + h[:, 5:6]) / w


def project_points(h: Tensor, points: Tensor) -> Tensor:
    """As `project`, for pixels (B, n, 2) of the first frame; returns pixels (B, n, 2) of the second."""
    return torch.stack(project(h, points[..., 0] / EXTENT, points[..., 1] / EXTENT), -1)


def invert(h: Tensor) -> Tensor:
    """The inverse of (B, 8), again over the unit square of its own source (adjugate of the 3x3 in pixels)."""
    a, b, c, d, e, f, g, i = ((h[:, k] if k in (2, 5) else h[:, k] / EXTENT) for k in range(8))
    m = (e - f * i, c * i - b, b * f - c * e, f * g - d, a - c * g, c * d - a * f, d * i - e * g, b * g - a * i, a * e - b * d)
    s = 1 / torch.where(m[8].abs() < 1e-6, torch.full_like(m[8], 1e-6), m[8])
    scaled = [m[0] * EXTENT, m[1] * EXTENT, m[2], m[3] * EXTENT, m[4] * EXTENT, m[5], m[6] * EXTENT, m[7] * EXTENT]
    return torch.stack([t * s for t in scaled], 1)


def grid_points(stride: int) -> tuple[Tensor, Tensor]:
    """Unit-square coordinates (u, v), each (n*n,) row by row, of the cells of a feature map: cell j sits on pixel stride *
    j."""
    t = torch.arange(SIZE // stride, dtype=torch.float32) * (stride / EXTENT)
    v, u = torch.meshgrid(t, t, indexing="ij")
    return u.reshape(-1), v.reshape(-1)


def corner_jacobian(u: Tensor, v: Tensor) -> Tensor:
    """First-order motion of the points (u, v) per pixel of corner motion, at the identity: (n, 2, 8), columns TLx, TLy, TRx,
    ...

    A homography near the identity moves a point by a + b u + c v - (g u + h v) u (and likewise in y); the eight numbers
    follow from the four corners by one 8x8 solve in float64, done once.
    """

    def motion(s: Tensor, t: Tensor) -> Tensor:
        o, z = torch.ones_like(s), torch.zeros_like(s)
        return torch.stack(
            [torch.stack([o, s, t, z, z, z, s * s, s * t], -1), torch.stack([z, z, z, o, s, t, s * t, t * t], -1)], 1
        )

    corners = corner_points(dtype=torch.float64) / EXTENT
    basis = motion(corners[:, 0], corners[:, 1]).reshape(8, 8)
    jacobian: Tensor = motion(u.double(), v.double()) @ torch.linalg.inv(basis)
    return jacobian.to(u.dtype)

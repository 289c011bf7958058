"""The correctness checks that a training machine runs before anything else. Each prints what it measured and what it allows."""

from __future__ import annotations

from collections.abc import Callable

import torch

from .correlation import choose_correlation, local_correlation, row_band_correlation, shifted_correlation
from .geometry import (
    EXTENT,
    SIZE,
    corner_jacobian,
    corner_points,
    grid_points,
    homography_from_quad,
    invert,
    project,
    project_points,
)
from .least_squares import CornerLeastSquares
from .solve import solve_spd


def _quads(count: int, reach: float, seed: int = 1) -> torch.Tensor:
    g = torch.Generator().manual_seed(seed)
    return corner_points(dtype=torch.float64) + (torch.rand(count, 4, 2, generator=g, dtype=torch.float64) * 2 - 1) * reach


def closed_form(device: torch.device) -> float:
    """Closed form in float32 against `torch.linalg.solve` in float64: largest distance in pixels over points of 2,000
    patches."""
    quads = _quads(2000, 31.5)
    unit = corner_points(dtype=torch.float64) / EXTENT
    x, y = quads[..., 0], quads[..., 1]
    u, v = unit[:, 0].expand_as(x), unit[:, 1].expand_as(x)
    o, z = torch.ones_like(x), torch.zeros_like(x)
    rows = torch.cat(
        [torch.stack([u, v, o, z, z, z, -u * x, -v * x], -1), torch.stack([z, z, z, u, v, o, -u * y, -v * y], -1)], 1
    )
    expected = torch.linalg.solve(rows, torch.cat([x, y], 1))
    points = torch.rand(2000, 50, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    sane = (1 + expected[:, 6:7] * points[..., 0] + expected[:, 7:8] * points[..., 1]).amin(1) > 0.15
    got = homography_from_quad(quads.float().to(device)).double().cpu()
    pair = zip(project(got, points[..., 0], points[..., 1]), project(expected, points[..., 0], points[..., 1]), strict=True)
    return max(float((p - q).abs()[sane].max()) for p, q in pair)


def gradients(device: torch.device) -> float:
    """`gradcheck` of closed form, inverse and weighted solve in float64; 0 when it passes."""
    quads = _quads(2, 12).to(device).requires_grad_()
    points = torch.rand(2, 5, 2, dtype=torch.float64, device=device)

    def warp(q: torch.Tensor) -> torch.Tensor:
        h = homography_from_quad(q)
        return torch.cat([project_points(h, points * EXTENT), project_points(invert(h), points * EXTENT)])

    m = torch.randn(3, 8, 8, dtype=torch.float64, device=device, generator=None)
    b = torch.randn(3, 8, dtype=torch.float64, device=device, requires_grad=True)
    root = m.requires_grad_()

    def solve(r: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return solve_spd(r @ r.transpose(1, 2) + torch.eye(8, dtype=r.dtype, device=r.device), t)[0]

    passed = torch.autograd.gradcheck(warp, (quads,)) and torch.autograd.gradcheck(solve, (root, b))
    return 0.0 if passed else 1.0


def exact_coordinates(device: torch.device) -> float:
    """A feature map that holds its own pixel coordinates, warped by H, must say H(pixel): largest error in pixels, strides 8
    to 1."""
    worst = 0.0
    quads = _quads(100, 31.5).float().to(device)
    for stride in (8, 4, 2, 1):
        n = SIZE // stride
        t = torch.arange(n, device=device).float() * stride
        features = torch.stack(torch.meshgrid(t, t, indexing="ij")[::-1])[None].expand(100, -1, -1, -1)
        u, v = (t.to(device) for t in grid_points(stride))
        x, y = project(homography_from_quad(quads), u, v)
        grid = torch.stack([x, y], -1).view(-1, n, n, 2) * (2 / (stride * (n - 1))) - 1
        warped = torch.nn.functional.grid_sample(features, grid, padding_mode="border", align_corners=True).flatten(2)
        inside = (x > 0) & (x < stride * (n - 1)) & (y > 0) & (y < stride * (n - 1))
        worst = max(worst, float((warped[:, 0] - x).abs()[inside].max()), float((warped[:, 1] - y).abs()[inside].max()))
    return worst


def inverse_homography(device: torch.device) -> float:
    """H^-1(H(x)) - x in float32, largest in pixels."""
    h = homography_from_quad(_quads(200, 25).float().to(device))
    corners = corner_points(device).expand(200, 4, 2)
    return float((project_points(invert(h), project_points(h, corners)) - corners).abs().max())


def weighted_solve(device: torch.device) -> float:
    """Corner motion from a noisy dense flow with random 2x2 weights, against float64 least squares: largest in pixels, strides
    4 to 1."""
    worst = 0.0
    g = torch.Generator().manual_seed(4)
    for stride in (4, 2, 1):
        n = SIZE // stride
        jacobian = corner_jacobian(*grid_points(stride)).double()
        root = torch.rand(n * n, 2, 2, generator=g, dtype=torch.float64) + 0.1
        weight = root @ root.transpose(1, 2)
        flow = jacobian @ torch.randn(8, generator=g).double() + 0.1 * torch.randn(n * n, 2, generator=g).double()
        a = torch.einsum("nik,nij,njl->kl", jacobian, weight, jacobian) / n**2 + 1e-4 * torch.eye(8, dtype=torch.float64)
        expected = torch.linalg.solve(a, torch.einsum("nik,nij,nj->k", jacobian, weight, flow) / n**2)
        maps = [t.float().view(1, n, n).to(device) for t in (weight[:, 0, 0], weight[:, 0, 1], weight[:, 1, 1], *flow.t())]
        solve = CornerLeastSquares(stride).to(device)
        motion = solve((maps[0], maps[1], maps[2]), maps[3], maps[4])[0]
        modelled = torch.stack(solve.flow(motion), -1)[0].double().cpu().view(-1, 2) - jacobian @ motion[0].double().cpu()
        worst = max(worst, float((motion[0].double().cpu() - expected).abs().max()), float(modelled.abs().max()))
    return worst


def small_motion(device: torch.device) -> float:
    """The linear corner model against the exact homography for motions of 0.05 px: largest difference in pixels."""
    u, v = grid_points(4)
    motion = (torch.rand(50, 4, 2, generator=torch.Generator().manual_seed(6), dtype=torch.float64) - 0.5) * 0.1
    h = homography_from_quad(corner_points(dtype=torch.float64) + motion)
    x, y = project(h, u.double(), v.double())
    exact = torch.stack([x - u * EXTENT, y - v * EXTENT], -1)
    linear = torch.einsum("nij,bj->bni", corner_jacobian(u.double(), v.double()), motion.reshape(50, 8))
    return float((exact - linear).abs().max())


def correlation_forms(device: torch.device) -> float:
    """Row bands against the definition, relative, in true float32."""
    fa, fb = (torch.randn(2, 32, 12, 12, device=device) for _ in range(2))
    plain, oracle = row_band_correlation(fa, fb, 2), shifted_correlation(fa, fb, 2)
    return float((plain - oracle).norm() / oracle.norm())


def installed_correlation(device: torch.device) -> float:
    """The form in use, forward and both gradients, against the definition at the network's shapes; relative."""
    worst = 0.0
    for channels, n, radius in ((96, 16, 4), (48, 32, 4), (16, 64, 3), (8, 128, 2)):
        fa, fb = (torch.randn(2, channels, n, n, device=device, requires_grad=True) for _ in range(2))
        grad = torch.randn(2, (2 * radius + 1) ** 2, n, n, device=device)
        got, oracle = local_correlation(fa, fb, radius), shifted_correlation(fa, fb, radius)
        sides = [
            (got, oracle),
            *zip(torch.autograd.grad(got, (fa, fb), grad), torch.autograd.grad(oracle, (fa, fb), grad), strict=True),
        ]
        worst = max(worst, *(float(((p - q).norm() / q.norm()).detach()) for p, q in sides))
    return worst


CHECKS: tuple[tuple[Callable[[torch.device], float], float], ...] = (
    (closed_form, 1e-3),
    (gradients, 0.5),
    (exact_coordinates, 1e-3),
    (inverse_homography, 1e-2),
    (small_motion, 1e-3),
    (weighted_solve, 1e-3),
    (correlation_forms, 1e-4),
    (installed_correlation, 1e-4),
)


def run_checks(device: torch.device, correlation: str = "auto") -> bool:
    """Runs all and prints a line each; whether all passed."""
    keep = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    print(f"correlation in use: {choose_correlation(device, correlation)}", flush=True)
    passed = True
    try:
        for check, limit in CHECKS:
            value = check(device)
            passed &= value <= limit
            print(f"{'ok  ' if value <= limit else 'FAIL'} {check.__name__}: {value:.2e} (allowed {limit:g})", flush=True)
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = keep
    return passed

"""The gate: the compiled operator is used only after it has shown, on this machine and at this start, that it is right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.autograd.gradcheck import GradcheckError, gradcheck

from gimbal_train.correlation import Correlation, row_band_correlation

from .operator import RADII, fused_correlation, registered

AGREEMENT = 1e-4
"""Largest relative difference to the plain form in float32, for the correlation and for both gradients."""
HALF_AGREEMENT = {torch.bfloat16: 1e-2, torch.float16: 2e-3}
"""The same for half types against the plain form in float64: the rounding of the result, not of the sum."""

SHAPES = (
    (2, 96, 16, 16, 4),
    (1, 48, 32, 32, 4),
    (1, 32, 64, 64, 3),
    (2, 16, 64, 64, 3),
    (1, 8, 128, 128, 2),
    (3, 5, 13, 11, 4),
    (70, 3, 20, 36, 1),
)
"""(B, C, H, W, radius): those of the networks, one whose rows are no multiple of four, one of many small tiles."""
SMALL = ((1, 2, 3, 4, 1), (1, 1, 3, 6, 2), (1, 2, 2, 5, 3), (1, 1, 2, 4, 4))
"""Shapes small enough for numerical derivatives."""


class GateError(RuntimeError):
    """Why the compiled operator is not used."""


def check(operator: Correlation, device: torch.device, shapes: tuple[tuple[int, ...], ...] = SHAPES) -> dict[str, float]:
    """Numerical derivatives in float64, then agreement with the plain form in every type; returns the largest differences.

    Raises `GateError` naming the first check that fails, its shape and by how much it missed.
    """
    generator = torch.Generator().manual_seed(7)
    for b, c, h, w, radius in SMALL:
        fa, fb = (
            torch.randn(b, c, h, w, generator=generator, dtype=torch.float64).to(device).requires_grad_() for _ in range(2)
        )
        try:
            gradcheck(lambda p, q, r=radius: operator(p, q, r), (fa, fb), fast_mode=False)
        except GradcheckError as error:
            raise GateError(
                f"gradcheck in float64 failed at {(b, c, h, w)} radius {radius}: {str(error).splitlines()[0]}"
            ) from error
    worst: dict[str, float] = {}
    with _true_float32():
        for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
            limit = HALF_AGREEMENT.get(dtype, AGREEMENT)
            for shape in shapes:
                difference = _difference(operator, shape, dtype, device, generator)
                if not difference < limit:
                    raise GateError(
                        f"expected agreement with the plain form within {limit:g} at {shape} in {dtype}, got {difference:.3g}"
                    )
                name = str(dtype).removeprefix("torch.")
                worst[name] = max(worst.get(name, 0.0), difference)
    return worst


def load_gated(device: torch.device | None = None) -> Correlation:
    """The compiled operator, built if need be and checked. Raises `GateError`, or what the build raised, with the reason.

    Radii that have no kernel go to the plain form.
    """
    device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type != "cuda":
        raise GateError("expected a CUDA device, found none")
    registered(cuda=True)
    check(fused_correlation, device)
    return _by_radius


def local_correlation_op(device: torch.device | None = None) -> Correlation:
    """`load_gated`, or the plain form with a warning on stderr that names the reason. Never raises."""
    try:
        return load_gated(device)
    except Exception as error:  # a missing compiler, a failed build or a wrong answer must not stop a training
        reason = f"{type(error).__name__}: {str(error)[:400]}"
        print(f"warning: the compiled local correlation is not used, the plain form is: {reason}", file=sys.stderr)
        return row_band_correlation


def _by_radius(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    return fused_correlation(fa, fb, radius) if radius in RADII else row_band_correlation(fa, fb, radius)


def _difference(
    operator: Correlation, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device, generator: torch.Generator
) -> float:
    b, c, h, w, radius = shape
    fa, fb = (torch.randn(b, c, h, w, generator=generator).to(device, dtype).requires_grad_() for _ in range(2))
    grad = torch.randn(b, (2 * radius + 1) ** 2, h, w, generator=generator).to(device, dtype)
    exact = torch.float32 if dtype == torch.float32 else torch.float64
    pa, pb = (t.detach().to(exact).requires_grad_() for t in (fa, fb))
    plain = row_band_correlation(pa, pb, radius)
    expected = (plain, *torch.autograd.grad(plain, (pa, pb), grad.to(exact)))
    # Freed blocks full of NaN are what the operator's outputs will lie in: whatever it leaves unwritten shows.
    poison = [torch.full(e.shape, torch.nan, dtype=dtype, device=device) for e in expected]
    del poison
    ours = operator(fa, fb, radius)
    found = (ours, *torch.autograd.grad(ours, (fa, fb), grad))
    gaps = torch.stack(
        [(f.detach().to(exact) - e.detach()).norm() / e.detach().norm() for f, e in zip(found, expected, strict=True)]
    )
    return float(gaps.max())  # NaN if any is


@contextmanager
def _true_float32() -> Iterator[None]:
    """Switches TF32 off: the plain form has to be better than what it judges."""
    keep = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32 = keep

"""Local correlation on tensor cores with Triton, forward and backward, behind a self-test.

A strip of W pixels times the W + 2r pixels around it is one small matrix product per row offset; only its diagonal band is
stored. Wasteful in multiplications and still several times faster than summing each offset by itself.
"""

# No postponed annotations here: the operator's schema and the kernels' constants are read from them.

import torch
import triton
import triton.language as tl
from torch import Tensor

from .correlation import Correlation, row_band_correlation

SHAPES = ((96, 16, 4), (64, 32, 4), (32, 64, 3), (16, 64, 2), (24, 64, 3))
"""(channels, cells per side, radius) that the self-test covers."""


@triton.jit
def _forward(  # type: ignore[no-untyped-def]
    fa, fb, out, height, width, scale,
    C: tl.constexpr, CP: tl.constexpr, R: tl.constexpr, STRIP: tl.constexpr, REACH: tl.constexpr,
):  # fmt: skip
    N: tl.constexpr = 2 * R + 1
    x0 = tl.program_id(0) * STRIP
    y, b = tl.program_id(1), tl.program_id(2)
    x = x0 + tl.arange(0, STRIP)
    j = x0 - R + tl.arange(0, REACH)
    c = tl.arange(0, CP)[:, None]
    k = j[None, :] - x[:, None] + R
    band = (k >= 0) & (k < N) & (x[:, None] < width)
    plane = (b * C + c) * height * width
    a = tl.load(fa + plane + y * width + x[None, :], mask=(c < C) & (x[None, :] < width), other=0.0)
    for dy in range(N):
        yy = y + dy - R
        inside = (yy >= 0) & (yy < height)
        s = tl.load(
            fb + plane + yy * width + j[None, :], mask=(c < C) & inside & (j[None, :] >= 0) & (j[None, :] < width), other=0.0
        )
        acc = tl.dot(tl.trans(a), s, input_precision="ieee")
        tl.store(out + ((b * N * N + dy * N + k) * height + y) * width + x[:, None], acc * scale, mask=band)


@triton.jit
def _backward(  # type: ignore[no-untyped-def]
    grad, source, out, height, width, scale,
    C: tl.constexpr, CP: tl.constexpr, R: tl.constexpr, STRIP: tl.constexpr, REACH: tl.constexpr, SIGN: tl.constexpr,
):  # fmt: skip
    # SIGN = +1: gradient of fa, gathers fb. SIGN = -1: gradient of fb, gathers fa.
    N: tl.constexpr = 2 * R + 1
    x0 = tl.program_id(0) * STRIP
    y, b = tl.program_id(1), tl.program_id(2)
    x = x0 + tl.arange(0, STRIP)
    j = x0 - R + tl.arange(0, REACH)
    c = tl.arange(0, CP)
    k = SIGN * (j[None, :] - x[:, None]) + R
    inside_x = (j >= 0) & (j < width)
    band = (k >= 0) & (k < N) & (x[:, None] < width) & inside_x[None, :]
    acc = tl.zeros((STRIP, CP), tl.float32)
    for dy in range(N):
        yy = y + SIGN * (dy - R)
        inside = (yy >= 0) & (yy < height)
        plane = (b * N * N + dy * N + k) * height * width
        if SIGN == 1:
            g = tl.load(grad + plane + y * width + x[:, None], mask=band & inside, other=0.0)
        else:
            g = tl.load(grad + plane + yy * width + j[None, :], mask=band & inside, other=0.0)
        at = source + (b * C + c[:, None]) * height * width + yy * width + j[None, :]
        s = tl.load(at, mask=inside & (c[:, None] < C) & inside_x[None, :], other=0.0)
        acc = tl.dot(g, tl.trans(s), acc, input_precision="ieee")
    to = out + (b * C + c[None, :]) * height * width + y * width + x[:, None]
    tl.store(to, acc * scale, mask=(c[None, :] < C) & (x[:, None] < width))


def _launch(kernel: object, first: Tensor, second: Tensor, out: Tensor, channels: int, radius: int, *extra: int) -> Tensor:
    b, _, h, w = out.shape
    strip = 16
    grid = (triton.cdiv(w, strip), h, b)
    padded = max(16, triton.next_power_of_2(channels))
    reach = triton.next_power_of_2(strip + 2 * radius)
    kernel[grid](first, second, out, h, w, channels**-0.5, channels, padded, radius, strip, reach, *extra, num_warps=2)  # type: ignore[index]
    return out


@torch.library.custom_op("gimbal::local_correlation", mutates_args=())
def _op(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    b, c, h, w = fa.shape
    out = fa.new_empty(b, (2 * radius + 1) ** 2, h, w)
    return _launch(_forward, fa.contiguous(), fb.contiguous(), out, c, radius)


@torch.library.custom_op("gimbal::local_correlation_backward", mutates_args=())
def _op_backward(grad: Tensor, fa: Tensor, fb: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    grad, fa, fb, c = grad.contiguous(), fa.contiguous(), fb.contiguous(), fa.shape[1]
    ga = _launch(_backward, grad, fb, torch.empty_like(fa), c, radius, 1)
    return ga, _launch(_backward, grad, fa, torch.empty_like(fb), c, radius, -1)


@_op.register_fake
def _(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    return fa.new_empty(fa.shape[0], (2 * radius + 1) ** 2, *fa.shape[2:])


@_op_backward.register_fake
def _(grad: Tensor, fa: Tensor, fb: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    return fa.new_empty(fa.shape), fb.new_empty(fb.shape)


def _keep(ctx, inputs, output) -> None:  # type: ignore[no-untyped-def]
    ctx.save_for_backward(*inputs[:2])
    ctx.radius = inputs[2]


def _differentiate(ctx, grad):  # type: ignore[no-untyped-def]
    fa, fb = ctx.saved_tensors
    return (*_op_backward(grad, fa, fb, ctx.radius), None)


_op.register_autograd(_differentiate, setup_context=_keep)


def agreement() -> float:
    """Largest relative difference to the row-band form, outputs and both gradients, over `SHAPES`, in true float32."""
    keep = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    worst = 0.0
    try:
        for channels, n, radius in SHAPES:
            fa, fb = (torch.randn(2, channels, n, n, device="cuda", requires_grad=True) for _ in range(2))
            grad = torch.randn(2, (2 * radius + 1) ** 2, n, n, device="cuda")
            ours, plain = _op(fa, fb, radius), row_band_correlation(fa, fb, radius)
            ours_back, plain_back = (torch.autograd.grad(out, (fa, fb), grad) for out in (ours, plain))
            pairs = [(ours, plain), *zip(ours_back, plain_back, strict=True)]
            worst = max(worst, *(((p - q).norm() / q.norm()).item() for p, q in pairs))
    finally:
        torch.backends.cuda.matmul.allow_tf32 = keep
    return worst


def load_gated(tolerance: float = 1e-5) -> Correlation:
    """The operator, if its forward and backward agree with the plain form; otherwise an error that says by how much not."""
    worst = agreement()
    if not worst < tolerance:
        raise RuntimeError(f"expected agreement with the plain form within {tolerance:g}, got {worst:g}")
    return _op

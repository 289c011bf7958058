"""Whether the operator works where training uses it: repeated, compiled, and replayed from a CUDA graph."""

from __future__ import annotations

import torch
from torch import Tensor

from gimbal_train.correlation import Correlation

from .gate import GateError


def check_use(operator: Correlation, shape: tuple[int, int, int, int] = (4, 32, 16, 20), radius: int = 4) -> None:
    """Forward and backward twice, under `torch.compile` without a graph break, and from a captured CUDA graph with new inputs.

    Repeated and replayed runs have to give the same bits, the compiled one the same numbers. Raises `GateError` saying which
    does not.
    """
    fa, fb = (torch.randn(*shape, device="cuda", requires_grad=True) for _ in range(2))

    def step() -> tuple[Tensor, ...]:
        return torch.autograd.grad(operator(fa, fb, radius).square().sum(), (fa, fb))

    _require(step(), step(), "a second run", exact=True)
    compiled = torch.compile(lambda p, q: operator(p, q, radius).square().sum(), fullgraph=True)
    _require(torch.autograd.grad(compiled(fa, fb), (fa, fb)), step(), "torch.compile", exact=False)
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        replayed = step()
    with torch.no_grad():
        fa.normal_()
        fb.normal_()
    graph.replay()
    _require(replayed, step(), "a CUDA graph", exact=True)


def _require(found: tuple[Tensor, ...], expected: tuple[Tensor, ...], where: str, exact: bool) -> None:
    for p, q in zip(found, expected, strict=True):
        if not (torch.equal(p, q) if exact else torch.allclose(p, q, rtol=1e-4, atol=1e-4)):
            raise GateError(f"expected the same gradients from {where}, got a difference of {float((p - q).abs().max()):.3g}")

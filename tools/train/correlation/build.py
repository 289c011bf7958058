"""Builds and loads the operator with PyTorch's own compiler driver, at first use; later uses find the built library."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import torch
from torch.utils import cpp_extension

NATIVE = Path(__file__).parent / "native"


@cache
def load_library(cuda: bool) -> None:
    """Makes `torch.ops.gimbal_correlation` known: with `cuda` its kernels for the card that is present, always its CPU form.

    Takes about a minute when nothing is built yet. Raises `RuntimeError` with the compiler's words, or `OSError` without a CUDA
    toolkit. One process loads one of the two.
    """
    if hasattr(torch.ops.gimbal_correlation, "forward"):
        return
    sources = [NATIVE / "operator.cpp"]
    if cuda:
        sources += [NATIVE / "operator_cuda.cpp", NATIVE / "kernels.cu"]
        major, minor = torch.cuda.get_device_capability()
        os.environ.setdefault("TORCH_CUDA_ARCH_LIST", f"{major}.{minor}")
    cpp_extension.load(
        name="gimbal_correlation_cuda" if cuda else "gimbal_correlation_cpu",
        sources=[str(s) for s in sources],
        extra_cflags=["-O3"],
        # PyTorch forbids the conversions of its 16-bit types by default.
        extra_cuda_cflags=[
            "-O3",
            *(f"-U__CUDA_NO_{what}__" for what in ("HALF_CONVERSIONS", "HALF_OPERATORS", "BFLOAT16_CONVERSIONS")),
        ],
        with_cuda=cuda,
        is_python_module=False,
    )

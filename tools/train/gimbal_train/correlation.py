"""Local correlation: how well each cell of one feature map matches the cells around the same place in another.

`local_correlation(fa, fb, radius)` takes (B, C, H, W) twice and returns (B, (2r+1)^2, H, W), the dot product over channels
divided by sqrt(C), offsets row by row from (-r, -r). Outside the map the features count as zero.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Correlation = Callable[[Tensor, Tensor, int], Tensor]


def row_band_correlation(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    """The plain form: per row offset one matrix product of whole rows, of which the diagonal band is kept.

    Products of W + 2r columns and, by rows of zeros, one row more than columns: folded with rows one longer, the band becomes
    the first 2r+1 columns, so that the exported graph needs no gather. This is the form that ONNX Runtime runs fast.
    """
    c, h, w = fa.shape[1:]
    n, length = 2 * radius + 1, w + 2 * radius
    padded = F.pad(fb, (radius, radius, radius, radius))
    rows = F.pad(fa.permute(0, 2, 3, 1) * c**-0.5, (0, 0, 0, n))
    bands = []
    for dy in range(n):
        product = rows @ padded[:, :, dy : dy + h].permute(0, 2, 1, 3)
        bands.append(product.reshape(-1, h, length, length + 1)[..., :n])
    return torch.cat(bands, -1)[:, :, :w].permute(0, 3, 1, 2)


def shifted_correlation(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    """The definition, one shifted product per offset: the oracle of the checks."""
    h, w, n = fa.shape[2], fa.shape[3], 2 * radius + 1
    padded = F.pad(fb, (radius, radius, radius, radius))
    shifts = [(fa * padded[:, :, i : i + h, j : j + w]).sum(1) for i in range(n) for j in range(n)]
    scaled: Tensor = torch.stack(shifts, 1) * fa.shape[1] ** -0.5
    return scaled


_fast: Correlation | None = None


def choose_correlation(device: torch.device, wish: str = "auto") -> str:
    """Looks for a faster form that agrees with the plain one and installs it; returns the name of the form in use.

    `wish` is auto, or one form: compiled (the operator of `correlation/` beside this package), triton, plain. Each form is
    installed only after its own self-test; one that fails is reported on stderr and the next is tried. On a CPU it is always
    the plain form.
    """
    global _fast
    _fast = None
    forms = {"compiled": _load_compiled, "triton": _load_triton, "plain": None}
    if wish != "auto" and wish not in forms:
        raise ValueError(f"unknown correlation '{wish}'; known: auto, {', '.join(forms)}")
    if device.type != "cuda" or wish == "plain":
        return "plain"
    for name in [wish] if wish != "auto" else ["compiled", "triton"]:
        load = forms[name]
        try:
            _fast = load() if load is not None else None
        except Exception as error:  # a missing compiler or package must not stop a training run
            print(f"warning: correlation '{name}' is not used: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
            continue
        return name
    return "plain"


def _load_compiled() -> Correlation:
    from correlation import load_gated  # the folder tools/train/correlation, when it is there

    operator: Correlation = load_gated()
    return operator


def _load_triton() -> Correlation:
    from .triton_correlation import load_gated

    return load_gated()


def local_correlation(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
    """The installed form on a CUDA device, the row-band form elsewhere and in an export."""
    fb = fb.to(fa.dtype)
    if _fast is not None and fa.is_cuda:
        return _fast(fa, fb, radius)
    return row_band_correlation(fa, fb, radius)

"""The gate's logic and the kernels' tiles on the CPU; where there is a GPU also the kernels, compiled and in a CUDA graph."""

from __future__ import annotations

import shutil

import pytest
import torch
from torch import Tensor

from correlation import GateError, check, gate, load_gated, local_correlation_op
from correlation.operator import fused_correlation, registered
from correlation.use import check_use
from gimbal_train.correlation import row_band_correlation, shifted_correlation

CPU = torch.device("cpu")
FEW = ((2, 5, 9, 8, 2),)
TILES = ((2, 20, 16, 16, 4), (1, 3, 13, 11, 4), (5, 5, 24, 36, 3), (3, 4, 20, 20, 2), (9, 3, 20, 36, 1))
"""Few and many tiles (both forms of the forward kernel), more channels than one load, rows that are no multiple of four."""
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.fixture(scope="module")
def built() -> None:
    if not (shutil.which("ninja") and shutil.which("g++")):
        pytest.skip("needs ninja and a C++ compiler")
    registered(cuda=torch.cuda.is_available())


def test_the_gate_passes_the_definition() -> None:
    assert check(shifted_correlation, CPU, FEW)["float32"] < 1e-6


def test_the_gate_rejects_a_wrong_scale_and_says_by_how_much() -> None:
    with pytest.raises(GateError, match=r"within 0\.0001 at .* got 0\.001"):
        check(lambda fa, fb, radius: row_band_correlation(fa, fb, radius) * 1.001, CPU, FEW)


def test_the_gate_rejects_a_transposed_window() -> None:
    def transposed(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
        n = 2 * radius + 1
        out = row_band_correlation(fa, fb, radius)
        return out.reshape(-1, n, n, *out.shape[2:]).transpose(1, 2).flatten(1, 2)

    with pytest.raises(GateError, match="expected agreement"):
        check(transposed, CPU, FEW)


def test_the_gate_rejects_a_wrong_derivative() -> None:
    with pytest.raises(GateError, match="gradcheck in float64 failed"):
        check(lambda fa, fb, radius: row_band_correlation(fa, fb.detach(), radius), CPU, FEW)


def test_the_gate_rejects_what_leaves_cells_unwritten() -> None:
    def holes(fa: Tensor, fb: Tensor, radius: int) -> Tensor:
        out = row_band_correlation(fa, fb, radius)
        return torch.where(torch.arange(out.shape[-1]) == 7, torch.nan, out) if fa.dtype == torch.bfloat16 else out

    with pytest.raises(GateError, match=r"bfloat16, got nan"):
        check(holes, CPU, FEW)


def test_without_a_gpu_the_plain_form_is_used_and_the_reason_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(GateError, match="expected a CUDA device"):
        load_gated(CPU)
    assert local_correlation_op(CPU) is row_band_correlation
    assert "not used, the plain form is: GateError: expected a CUDA device" in capsys.readouterr().err


def test_a_failed_build_is_named_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(cuda: bool) -> None:
        raise OSError("CUDA_HOME environment variable is not set")

    monkeypatch.setattr(gate, "registered", refuse)
    assert local_correlation_op(torch.device("cuda")) is row_band_correlation
    assert "OSError: CUDA_HOME" in capsys.readouterr().err


def test_tiles_agree_with_the_plain_form(built: None) -> None:
    worst = check(fused_correlation, CPU, TILES)
    assert worst["float64"] < 1e-14
    assert worst["float32"] < 1e-6


def test_the_operator_is_registered_as_pytorch_wants_it(built: None) -> None:
    fa, fb = (torch.randn(2, 3, 6, 8, dtype=torch.float64, requires_grad=True) for _ in range(2))
    torch.library.opcheck(torch.ops.gimbal_correlation.forward.default, (fa, fb, 2))


def test_strides_do_not_matter(built: None) -> None:
    fa, fb = (torch.randn(2, 8, 10, 12).to(memory_format=torch.channels_last) for _ in range(2))
    torch.testing.assert_close(fused_correlation(fa, fb, 3), row_band_correlation(fa, fb, 3))


def test_wrong_input_is_refused_with_what_was_expected(built: None) -> None:
    fa = torch.randn(1, 2, 4, 4)
    with pytest.raises(RuntimeError, match="one shape"):
        fused_correlation(fa, fa[..., :3], 2)
    with pytest.raises(RuntimeError, match="radius from 1 to 4, received 5"):
        fused_correlation(fa, fa, 5)
    with pytest.raises(RuntimeError, match="one type"):
        fused_correlation(fa, fa.double(), 2)


@needs_gpu
def test_the_kernels_pass_the_gate_compile_and_replay_in_a_graph() -> None:
    check_use(load_gated())

"""Times the compiled correlation against the plain forms in one run, and measures what memory each needs.

    python -m correlation.bench --out OUT/correlation.json

Every form gets the same inputs, forward alone and forward with backward, called from Python and replayed from a CUDA graph (as
in training). Medians over rounds, each over several input sets in turn so that no form lives off a warm cache. Needs a GPU.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gimbal_train.correlation import Correlation, row_band_correlation, shifted_correlation

from .gate import check
from .operator import fused_correlation, registered
from .use import check_use

SHAPES = (
    (32, 96, 16, 16, 4),
    (64, 96, 16, 16, 4),
    (64, 64, 32, 32, 4),
    (64, 48, 32, 32, 4),
    (64, 32, 64, 64, 3),
    (64, 16, 64, 64, 3),
)
"""(B, C, H, W, radius): the published one, then those of the networks at a training batch."""
SETS, ROUNDS = 4, 15
Call = Callable[[Tensor, Tensor, Tensor], object]


def forms() -> dict[str, Correlation]:
    """The forms that run here, the compiled one first."""
    found: dict[str, Correlation] = {
        "compiled": fused_correlation,
        "row bands": row_band_correlation,
        "shifted": shifted_correlation,
    }
    try:
        from gimbal_train.triton_correlation import load_gated

        found["triton"] = load_gated()
    except Exception as error:
        print(f"triton: left out, {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
    return found


def least(shape: tuple[int, ...], dtype: torch.dtype) -> dict[str, float]:
    """Multiplications with additions (in 1e9) and bytes (in 1e6) that no form can do without: each tensor moved once."""
    b, c, h, w, radius = shape
    cells, planes, size = b * h * w, (2 * radius + 1) ** 2, dtype.itemsize
    features, correlation = cells * c * size, cells * planes * size
    return {
        "forward products": cells * c * planes / 1e9,
        "forward bytes": (2 * features + correlation) / 1e6,
        "both products": 3 * cells * c * planes / 1e9,
        "both bytes": (6 * features + 2 * correlation) / 1e6,
    }


def _forward(form: Correlation, radius: int) -> Call:
    def call(fa: Tensor, fb: Tensor, grad: Tensor) -> object:
        with torch.no_grad():
            return form(fa, fb, radius)

    return call


def _both(form: Correlation, radius: int) -> Call:
    return lambda fa, fb, grad: torch.autograd.grad(form(fa, fb, radius), (fa, fb), grad)


def _median(run: Callable[[], object]) -> float:
    """Milliseconds of one `run`, the median over rounds, by CUDA events."""
    for _ in range(3):
        run()
    times: list[float] = []
    for _ in range(ROUNDS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
        start.record()
        run()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


def measure(call: Call, sets: list[tuple[Tensor, Tensor, Tensor]]) -> dict[str, float]:
    """Milliseconds per call from Python and from a graph, and the MiB allocated on top of inputs, at the peak."""

    def all_sets() -> None:
        for one in sets:
            call(*one)

    eager = _median(all_sets) / len(sets)
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    call(*sets[0])
    torch.cuda.synchronize()
    memory = (torch.cuda.max_memory_allocated() - before) / 2**20
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        all_sets()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        all_sets()
    replayed = _median(graph.replay) / len(sets)
    return {"ms": round(eager, 4), "graph ms": round(replayed, 4), "MiB": round(memory, 1)}


def bench() -> list[dict[str, Any]]:
    """One row per shape, type, pass and form."""
    torch.backends.cuda.matmul.allow_tf32 = False
    rows: list[dict[str, Any]] = []
    candidates = forms()
    for shape in SHAPES:
        b, c, h, w, radius = shape
        for dtype in (torch.float32, torch.bfloat16):
            sets = []
            for _ in range(SETS):
                fa, fb = (torch.randn(b, c, h, w, device="cuda", dtype=dtype, requires_grad=True) for _ in range(2))
                sets.append((fa, fb, torch.randn(b, (2 * radius + 1) ** 2, h, w, device="cuda", dtype=dtype)))
            for name, form in candidates.items():
                for part, call in (("forward", _forward(form, radius)), ("both", _both(form, radius))):
                    figures = measure(call, sets)
                    rows.append(
                        {"shape": shape, "type": str(dtype).removeprefix("torch."), "pass": part, "form": name, **figures}
                    )
            del sets
            torch.cuda.empty_cache()
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as text: per shape, type and pass the milliseconds in a graph (and from Python) of each form, and the ratios."""
    lines = [
        f"{'B C H W r':>18} {'type':>8} {'pass':>7}  graph ms (Python ms, MiB) | slower than compiled: in a graph, from Python"
    ]
    groups: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["shape"], row["type"], row["pass"]), {})[row["form"]] = row
    for (shape, dtype, part), by_form in groups.items():
        ours = by_form["compiled"]
        cells = [f"{n} {r['graph ms']:.3f} ({r['ms']:.3f}, {r['MiB']:.0f})" for n, r in by_form.items()]
        ratios = [
            f"{n} {r['graph ms'] / ours['graph ms']:.1f}x {r['ms'] / ours['ms']:.1f}x"
            for n, r in by_form.items()
            if r is not ours
        ]
        lines.append(f"{' '.join(map(str, shape)):>18} {dtype:>8} {part:>7}  {'  '.join(cells)} | {'  '.join(ratios)}")
    return "\n".join(lines)


def main() -> int:
    """Gate, measurements, JSON, table."""
    parser = argparse.ArgumentParser(
        prog="correlation.bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("correlation.json"))
    a = parser.parse_args()
    if not torch.cuda.is_available():
        print("correlation.bench expects a CUDA device, found none; run it on the training machine", file=sys.stderr)
        return 1
    registered(cuda=True)
    agreement = check(fused_correlation, torch.device("cuda"))
    check_use(fused_correlation)
    rows = bench()
    record = {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "sets": SETS,
        "rounds": ROUNDS,
        "gate": agreement,
        "least": [
            {"shape": s, "type": str(t).removeprefix("torch."), **least(s, t)}
            for s in SHAPES
            for t in (torch.float32, torch.bfloat16)
        ],
        "rows": rows,
    }
    a.out.parent.mkdir(parents=True, exist_ok=True)
    a.out.write_text(json.dumps(record, indent=1))
    print("repeated, compiled and captured runs agree")
    print(f"gate: largest relative differences to the plain form {agreement}")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

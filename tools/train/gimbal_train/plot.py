"""The training curves as a picture: held-out corner error over training time."""

from __future__ import annotations

import csv
from pathlib import Path

SETS = ("32/clean", "8/clean", "2/clean", "32/photo")


def read_curve(paths: list[Path]) -> dict[str, list[float]]:
    """Columns of the curves that `train` wrote, of phases one after the other: the seconds go on where the one before ended."""
    columns: dict[str, list[float]] = {}
    offset = 0.0
    for path in paths:
        with path.open(newline="") as file:
            rows = [{k: float(v) for k, v in row.items() if k and v} for row in csv.DictReader(file)]
        if not rows:
            raise ValueError(f"expected a curve in {path}, found no rows; train first")
        for row in rows:
            row["seconds"] += offset
            for key, value in row.items():
                columns.setdefault(key, []).append(value)
        offset = rows[-1]["seconds"]
    return columns


def plot_curves(curves: dict[str, list[Path]], target: Path) -> None:
    """Draws the median corner error of every curve, a panel per held-out set, logarithmic; the format follows the name."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "gimbal", "font.size": 9}
    figure, panels = pyplot.subplots(1, len(SETS), figsize=(11, 3), sharey=True, layout="constrained")
    for panel, name in zip(panels, SETS, strict=True):
        for label, paths in curves.items():
            columns = read_curve(paths)
            panel.plot(columns["seconds"], columns[f"{name} median"], label=label, marker=".", markersize=3, linewidth=1.2)
        panel.set(title=name, xlabel="seconds of training", yscale="log")
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("median corner error, px of 128")
    panels[-1].legend()
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)
    pyplot.close(figure)

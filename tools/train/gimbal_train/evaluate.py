"""Corner error of a network on fixed pairs."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from .heldout import HeldOut


class Score(NamedTuple):
    """Statistics of the mean corner error per pair, in pixels; shares in [0, 1]. `rank` is the Spearman correlation between the
    predicted spread and the error, `calibration` the median of error / spread (nan without a spread)."""

    mean: float
    median: float
    p95: float
    over1: float
    over3: float
    rank: float
    calibration: float


@torch.no_grad()
def errors(
    network: nn.Module, pairs: HeldOut, device: torch.device, amp: torch.dtype | None = None, size: int = 256
) -> tuple[Tensor, Tensor | None]:
    """Mean corner error (n,) of every pair and the predicted spread, on the CPU; `amp` runs the convolutions in that type."""
    found, spreads = [], []
    for i in range(0, len(pairs.first), size):
        first = pairs.first[i : i + size, None].to(device).float() / 255
        second = pairs.second[i : i + size, None].to(device).float() / 255
        with torch.autocast(device.type, amp or torch.bfloat16, enabled=amp is not None, cache_enabled=False):
            last = network(first, second)[-1]
        found.append((last.corners - pairs.corners[i : i + size].to(device)).norm(dim=-1).mean(1).cpu())
        if last.spread is not None:
            spreads.append(last.spread.float().cpu())
    return torch.cat(found), torch.cat(spreads) if spreads else None


def score(error: Tensor, spread: Tensor | None) -> Score:
    """Summarises the errors of one set."""
    rank = calibration = float("nan")
    if spread is not None and len(error) > 2:
        ranks = torch.stack([error.argsort().argsort().float(), spread.argsort().argsort().float()])
        rank, calibration = float(torch.corrcoef(ranks)[0, 1]), float((error / spread).median())
    over = [float((error > limit).float().mean()) for limit in (1, 3)]
    return Score(float(error.mean()), float(error.median()), float(error.quantile(0.95)), over[0], over[1], rank, calibration)


def evaluate(
    network: nn.Module, sets: dict[str, HeldOut], device: torch.device, amp: torch.dtype | None = None
) -> dict[str, Score]:
    """Scores of every set."""
    return {name: score(*errors(network, pairs, device, amp)) for name, pairs in sets.items()}


def table(scores: dict[str, Score]) -> str:
    """The scores as lines of text."""
    lines = [f"{'set':>12}  {'mean':>7} {'median':>7} {'p95':>7} {'>1px':>6} {'>3px':>6} {'rank':>5} {'err/spread':>10}"]
    lines += [
        f"{name:>12}  {s.mean:7.4f} {s.median:7.4f} {s.p95:7.3f} {s.over1:6.1%} {s.over3:6.1%} "
        f"{s.rank:5.2f} {s.calibration:10.2f}"
        for name, s in scores.items()
    ]
    return "\n".join(lines)


def choice_figure(scores: dict[str, Score]) -> float:
    """The one number that chooses a checkpoint: mean over the sets of log median, plus a third of log p95. Lower is better."""
    values = [
        torch.log(torch.tensor(max(s.median, 1e-4))) + torch.log(torch.tensor(max(s.p95, 1e-4))) / 3 for s in scores.values()
    ]
    return float(torch.stack(values).mean())

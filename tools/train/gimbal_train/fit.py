"""Trains for a time, evaluates on held-out pairs on the way, keeps the curve and the best state."""

from __future__ import annotations

import csv
import dataclasses
import math
import time
from pathlib import Path
from typing import Any

import torch

from .checkpoint import save_checkpoint
from .evaluate import Score, choice_figure, evaluate
from .heldout import HeldOut
from .trainer import Trainer, set_precision


@dataclasses.dataclass
class Outcome:
    """What a training came to: last scores (true float32), steps in this run, rows of the curve."""

    scores: dict[str, Score]
    steps: int
    rows: list[dict[str, float]]


def fit(
    trainer: Trainer,
    sets: dict[str, HeldOut],
    seconds: float,
    budget: float,
    name: str,
    out: Path | None,
    every: float = 30.0,
    save_every: float = 120.0,
    light: bool = False,
    max_steps: int | None = None,
) -> Outcome:
    """Trains for `seconds`, or `max_steps`; the schedules follow the share of `budget` seconds used over all runs so far.

    Of a group only rank 0 looks and writes; the others' outcome has no scores.

    Writes NAME.ckpt (resumable; not when `light`), NAME.best.ckpt (best by held-out figure) and NAME.csv into `out`.
    """
    start, before, first_step = time.perf_counter(), trainer.elapsed, trainer.steps
    rows: list[dict[str, float]] = []
    best, next_look, next_save = math.inf, every / 2, save_every
    scores: dict[str, Score] = {}
    done = False
    group = trainer.group
    chunk = 20 if group is None else trainer.config.period * max(1, 24 // trainer.config.period)
    while not done:
        trainer.run(chunk if max_steps is None else min(chunk, max_steps - (trainer.steps - first_step)))
        if trainer.device.type == "cuda":
            torch.cuda.synchronize()
        spent = time.perf_counter() - start
        if group is not None:
            # One clock: all processes stop, and change their schedules, at the same step.
            spent = group.shared(spent)
            if trainer.steps - first_step <= chunk:
                group.require_different(trainer.error)
        done = spent >= seconds or (max_steps is not None and trainer.steps - first_step >= max_steps)
        trainer.elapsed = before + spent
        if (group is None or group.rank == 0) and (spent >= next_look or done):
            scores = _look(trainer, sets, done)
            row = _row(trainer, spent, scores)
            rows.append(row)
            print(f"{name} {spent:6.1f}s step {trainer.steps:6d} " + _brief(row, scores), flush=True)
            figure = choice_figure(scores)
            if out is not None:
                _write_curve(out / f"{name}.csv", rows)
                if figure < best:
                    save_checkpoint(out / f"{name}.best.ckpt", _best_state(trainer, scores))
                if not light and (spent >= next_save or done):
                    save_checkpoint(out / f"{name}.ckpt", trainer.state() | {"figures": _plain(scores)})
                    next_save = spent + save_every
            best = min(best, figure)
            next_look = time.perf_counter() - start + every
        trainer.advance(min(1.0, trainer.elapsed / budget))
    return Outcome(scores, trainer.steps - first_step, rows)


def _look(trainer: Trainer, sets: dict[str, HeldOut], final: bool) -> dict[str, Score]:
    """Held-out scores of the averaged network: tf32 on the way, true float32 at the end."""
    set_precision("fp32" if final else "tf32")
    with trainer.averaged() as network:
        scores = evaluate(network, sets, trainer.device)
    set_precision(trainer.amp)
    return scores


def _row(trainer: Trainer, spent: float, scores: dict[str, Score]) -> dict[str, float]:
    row = {"seconds": round(spent, 1), "total_seconds": round(trainer.elapsed, 1), "step": float(trainer.steps)}
    row |= {k: round(v, 4) for k, v in trainer.drain().items()}
    for name, s in scores.items():
        row |= {f"{name} {k}": round(v, 5) for k, v in s._asdict().items()}
    return row


def _brief(row: dict[str, float], scores: dict[str, Score]) -> str:
    parts = [f"{n} {s.mean:.3f}({s.median:.3f})" for n, s in scores.items()]
    return f"train {row['train']:.3f} grad {row['gradient']:.2f} skipped {row['skipped']:.0f} | " + " ".join(parts)


def _plain(scores: dict[str, Score]) -> dict[str, dict[str, float]]:
    return {n: {k: round(v, 5) for k, v in s._asdict().items()} for n, s in scores.items()}


def _best_state(trainer: Trainer, scores: dict[str, Score]) -> dict[str, Any]:
    state = trainer.state()
    del state["optimiser"]
    return state | {"figures": _plain(scores)}


def _write_curve(path: Path, rows: list[dict[str, float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

"""Milliseconds per training step, by precision, batch and compilation."""

from __future__ import annotations

import dataclasses
import time

import torch

from .config import ModelConfig, TrainConfig
from .photos import Bank
from .trainer import Trainer


def _time(run: object, count: int, device: torch.device) -> float:
    assert callable(run)
    if device.type == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    run(count)
    if device.type == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / count * 1e3


def measure_speed(
    model: ModelConfig, config: TrainConfig, bank: Bank, device: torch.device, variants: list[dict[str, object]]
) -> None:
    """One line per variant (changes to `config`): the whole step, the generator alone, start-up time, memory."""
    for variant in variants:
        changed = dataclasses.replace(config, **variant)  # type: ignore[arg-type]
        try:
            torch.compiler.reset()
            if device.type == "cuda":
                torch.cuda.reset_peak_memory_stats()
            start = time.perf_counter()
            trainer = Trainer(model, changed, bank, device)
            trainer.run(2)
            ready = time.perf_counter() - start
            step = _time(trainer.run, 40 if device.type == "cuda" else 2, device)
            draw = _time(lambda n, t=trainer: [t.draw() for _ in range(n)], 10 if device.type == "cuda" else 2, device)
            memory = torch.cuda.max_memory_allocated() / 2**30 if device.type == "cuda" else 0.0
            print(
                f"speed {variant}: {step:.2f} ms a step = {1e3 / step:.1f} steps/s = {changed.batch * 1e3 / step:.0f} pairs/s; "
                f"generator (launched) {draw:.2f} ms; start {ready:.1f} s; {memory:.1f} GiB",
                flush=True,
            )
            del trainer
        except Exception as error:  # one variant that does not fit must not lose the others
            print(f"speed {variant}: failed, {type(error).__name__}: {str(error)[:500]}", flush=True)
        if device.type == "cuda":
            torch.cuda.empty_cache()

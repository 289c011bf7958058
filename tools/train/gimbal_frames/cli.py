"""The command line: pack, train, export, golden."""

from __future__ import annotations

import argparse
import csv
import dataclasses
import time
from pathlib import Path
from typing import Any

import torch

from gimbal_train.checkpoint import load_checkpoint, save_checkpoint

from .photos import load_photos, pack_photos
from .trainer import Settings, Trainer
from .windows import load_reel, split_windows

STARTED = time.perf_counter()


def _said(text: str) -> None:
    print(f"{time.perf_counter() - STARTED:7.1f} s  {text}", flush=True)


def _settings(changes: list[str]) -> Settings:
    settings = Settings()
    for change in changes:
        key, _, value = change.partition("=")
        if key not in {f.name for f in dataclasses.fields(Settings)}:
            raise ValueError(f"unknown setting '{key}'; known: {', '.join(f.name for f in dataclasses.fields(Settings))}")
        kind = type(getattr(settings, key))
        settings = dataclasses.replace(settings, **{key: value == "true" if kind is bool else kind(value)})
    return settings


def _pack(a: argparse.Namespace) -> int:
    count, size = pack_photos(a.photos, a.data, int(a.megabytes * 1e6), a.skip)
    print(f"{count} photos, {size / 1e6:.1f} MB, in {a.data}")
    return 0


def _train(a: argparse.Namespace) -> int:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = True
    settings = _settings(a.set)
    photos = load_photos(a.data, device, a.limit)
    seen, held = split_windows(a.windows[0])
    for folder in a.windows[1:]:
        seen += [p for p in split_windows(folder)[0] if p.name not in {s.name for s in seen}]
    seen, held = seen[: a.limit], held[: a.limit]
    reel = load_reel(seen, device, settings.size) if seen and settings.real else None
    judged = load_reel(held, device)
    _said(f"{photos.shape[0]} photos, {len(seen)} windows, {len(held)} held out")
    if a.overfit:
        small = dataclasses.replace(settings, made=8, real=0)
        _said(f"overfit: {Trainer(small, photos, None).overfit(a.overfit):.2f} dB after {a.overfit} steps on 8 samples")
    resumed = load_checkpoint(a.resume) if a.resume else None
    if resumed is not None and a.restart:
        resumed.pop("optimiser")
    trainer = Trainer(settings, photos, reel, resumed)
    if device.type == "cuda":
        trainer.capture()
    ready = time.perf_counter() - STARTED
    seconds = min(a.seconds, a.wall - ready - 8) if a.wall else a.seconds
    budget = a.budget or trainer.elapsed + seconds
    _said(f"{sum(p.numel() for p in trainer.network.parameters())} parameters; training {seconds:.0f} s of {budget:.0f} s")
    rows: list[dict[str, Any]] = []
    begun, before, first_step = time.perf_counter(), trainer.elapsed, trainer.steps
    next_look, next_save = min(a.every, 15.0), a.save_every
    while True:
        trainer.advance(min(1.0, trainer.elapsed / budget))
        trainer.run(20 if device.type == "cuda" else 1)
        if device.type == "cuda":
            torch.cuda.synchronize()
        spent = time.perf_counter() - begun
        trainer.elapsed = before + spent
        done = spent >= seconds or (a.steps is not None and trainer.steps - first_step >= a.steps)
        if spent >= next_look or done:
            row = {"seconds": round(trainer.elapsed, 1), "steps": trainer.steps}
            row |= {k: round(v, 4) for k, v in trainer.drain().items()}
            row |= {f"held_{k}": round(v, 3) for k, v in trainer.judge(judged).items()}
            rows.append(row)
            _said(" ".join(f"{k} {v}" for k, v in row.items()))
            with (a.out / f"{a.name}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            next_look = time.perf_counter() - begun + a.every
        if spent >= next_save or done:
            save_checkpoint(a.out / f"{a.name}.ckpt", trainer.state())
            next_save = spent + a.save_every
        if done:
            return 0


def _export(a: argparse.Namespace) -> int:
    from .export import export

    export(a.checkpoint, a.to)
    return 0


def _golden(a: argparse.Namespace) -> int:
    from .golden import write_golden

    write_golden(a.checkpoint, a.to)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    parser = argparse.ArgumentParser("gimbal_frames")
    commands = parser.add_subparsers(required=True)
    pack = commands.add_parser("pack", help="colour photos into one file")
    pack.add_argument("--photos", type=Path, required=True)
    pack.add_argument("--data", type=Path, required=True)
    pack.add_argument("--megabytes", type=float, default=25)
    pack.add_argument("--skip", type=int, default=0, help="leave out the first ones, which another pack holds")
    pack.set_defaults(run=_pack)
    train = commands.add_parser("train", help="train the network `lite`")
    train.add_argument("--data", type=Path, nargs="+", required=True, help="packs of photos")
    train.add_argument("--windows", type=Path, nargs="+", required=True, help="folders of windows; held-out ones come from the first")
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--name", default="lite")
    train.add_argument("--seconds", type=float, default=540)
    train.add_argument("--wall", type=float, default=0, help="the whole program ends within so many seconds")
    train.add_argument("--budget", type=float, default=0, help="seconds over all runs that the schedules span")
    train.add_argument("--resume", type=Path)
    train.add_argument("--restart", action="store_true", help="keep the weights of --resume, begin a new schedule")
    train.add_argument("--every", type=float, default=45)
    train.add_argument("--save-every", type=float, default=120)
    train.add_argument("--steps", type=int)
    train.add_argument("--limit", type=int, help="only the first photos and windows (smoke runs)")
    train.add_argument("--overfit", type=int, default=0, help="steps of the overfit check before")
    train.add_argument("--set", nargs="*", default=[])
    train.set_defaults(run=_train)
    export = commands.add_parser("export", help="ONNX files and the record of the weights")
    export.add_argument("--checkpoint", type=Path, required=True)
    export.add_argument("--to", type=Path, required=True)
    export.set_defaults(run=_export)
    golden = commands.add_parser("golden", help="a pair and what the network makes of it, for the package's test")
    golden.add_argument("--checkpoint", type=Path, required=True)
    golden.add_argument("--to", type=Path, required=True)
    golden.set_defaults(run=_golden)
    a = parser.parse_args(arguments)
    if getattr(a, "out", None):
        a.out.mkdir(parents=True, exist_ok=True)
    status: int = a.run(a)
    return status

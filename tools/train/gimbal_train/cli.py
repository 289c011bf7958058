"""The command line: pack, check, speed, train, ablate, evaluate, bound, precision, export, plan, plot."""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .bound import photometric_bound
from .check import run_checks
from .checkpoint import load_checkpoint, network_from
from .config import ModelConfig, TrainConfig, parse_settings, recipe, with_settings
from .correlation import choose_correlation
from .evaluate import errors, evaluate, table
from .fit import Outcome, fit
from .group import PLACE, join_group
from .heldout import held_out_pairs
from .launch import launch
from .models import parameter_count
from .photos import Bank, load_bank
from .speed import measure_speed
from .trainer import Trainer, set_precision

STARTED = time.perf_counter()


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _configs(name: str, settings: list[str], resumed: dict[str, Any] | None = None) -> tuple[ModelConfig, TrainConfig]:
    model, train = recipe(name)
    if resumed is not None:
        model = ModelConfig(**resumed["model"])
    for_model, for_train = parse_settings(settings)
    return with_settings(model, for_model), with_settings(train, for_train)


def _bank(a: argparse.Namespace, device: torch.device) -> Bank:
    # A smoke run with few photos needs few textures.
    return load_bank(a.data, device, textures=600 if a.photos is None else 8, limit=a.photos)


def _train(a: argparse.Namespace) -> int:
    devices = a.gpus.split(",") if a.gpus else ["cpu"] * a.processes
    if PLACE[0] not in os.environ:
        if len(devices) > 1:
            return launch(a.arguments, devices)
        if a.gpus:
            os.environ["CUDA_VISIBLE_DEVICES"] = a.gpus
    device = _device()
    group = join_group(device)
    first = group is None or group.rank == 0
    resumed = load_checkpoint(a.resume) if a.resume else None
    # Weights alone may go into a network that differs from the one they come from.
    model, config = _configs(a.model, a.set, None if a.restart else resumed)
    if a.restart and resumed is not None:
        resumed.pop("optimiser", None)
    print(f"correlation in use: {choose_correlation(device, a.correlation)}", flush=True)
    sets = held_out_pairs(a.data, a.pairs) if first else {}
    bank = _bank(a, device)
    trainer = Trainer(model, config, bank, device, resumed, group)
    if first and trainer.left_out:
        print(f"not shared with {a.resume}: {', '.join(trainer.left_out)}", flush=True)
    ready = time.perf_counter() - STARTED
    seconds = a.seconds if a.wall is None else min(a.seconds, a.wall - ready - 12)
    if group is not None:
        seconds = group.shared(seconds)
        group.average(trainer.optimiser)
    budget = a.budget or trainer.elapsed + seconds
    trainer.advance(min(1.0, trainer.elapsed / budget))
    name = a.name or a.model
    if first:
        print(
            f"{name}: {parameter_count(trainer.network)} parameters, ready after {ready:.1f} s, training {seconds:.0f} s",
            flush=True,
        )
    outcome = fit(trainer, sets, seconds, budget, name, a.out, a.every, a.save_every, light=a.light, max_steps=a.steps)
    if first:
        print(table(outcome.scores), flush=True)
    if group is not None:
        group.leave()
    return 0


def _ablate(a: argparse.Namespace) -> int:
    """Each run is NAME or NAME:key=value,key=value (`model=` chooses the recipe). Several GPUs share the list."""
    gpus = torch.cuda.device_count()
    if gpus > 1 and not a.worker:
        return _spread_over(a, gpus)
    device = _device()
    print(f"correlation in use: {choose_correlation(device, a.correlation)}", flush=True)
    sets = held_out_pairs(a.data, a.pairs)
    bank = _bank(a, device)
    rows: list[dict[str, Any]] = []
    for text in a.runs:
        name, _, tail = text.partition(":")
        settings = [*a.set, *(t for t in tail.split(",") if t)]
        base = next((s.split("=")[1] for s in settings if s.startswith("model=")), "ours")
        try:
            torch.compiler.reset()
            model, config = _configs(base, [s for s in settings if not s.startswith("model=")])
            trainer = Trainer(model, config, bank, device)
            trainer.advance(0.0)
            outcome = fit(
                trainer,
                sets,
                a.seconds,
                a.seconds,
                name,
                a.out if a.keep else None,
                a.seconds / 3,
                light=True,
                max_steps=a.steps,
            )
            rows.append(_ablation_row(name, parameter_count(trainer.network), outcome))
            del trainer
        except Exception as error:  # the other runs are still worth having
            print(f"{name}: failed, {type(error).__name__}: {str(error)[:800]}", flush=True)
        if device.type == "cuda":
            torch.cuda.empty_cache()
        _write_ablations(a.out / f"ablations{a.worker}.csv", rows)
    _print_ablations(rows)
    return 0


def _ablation_row(name: str, parameters: int, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {"run": name, "parameters": parameters, "steps": outcome.steps}
    for set_name, s in outcome.scores.items():
        row |= {f"{set_name} {k}": round(v, 5) for k, v in s._asdict().items()}
    return row


def _write_ablations(path: Path, rows: list[dict[str, Any]]) -> None:
    if rows:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _print_ablations(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    sets = [k.removesuffix(" mean") for k in rows[0] if k.endswith(" mean")]
    print(f"{'run':>14} {'params':>8} {'steps':>6}  " + "  ".join(f"{s:>15}" for s in sets) + "   mean (median)")
    for r in rows:
        cells = "  ".join(f"{float(r[s + ' mean']):7.3f} ({float(r[s + ' median']):.3f})" for s in sets)
        print(f"{r['run']:>14} {r['parameters']:>8} {r['steps']:>6}  {cells}", flush=True)


def _spread_over(a: argparse.Namespace, gpus: int) -> int:
    processes = []
    for gpu in range(min(gpus, len(a.runs))):
        command = [sys.executable, "-m", "gimbal_train", "ablate", "--worker", str(gpu), "--seconds", str(a.seconds)]
        command += [
            "--data",
            str(a.data),
            "--out",
            str(a.out),
            "--pairs",
            str(a.pairs),
            "--correlation",
            a.correlation,
            *(["--keep"] if a.keep else []),
        ]
        command += ["--set", *a.set, "--runs", *a.runs[gpu::gpus]]
        processes.append(subprocess.Popen(command, env={**os.environ, "CUDA_VISIBLE_DEVICES": str(gpu)}))
    codes = [p.wait() for p in processes]
    rows: list[dict[str, Any]] = []
    for gpu in range(len(processes)):
        path = a.out / f"ablations{gpu}.csv"
        if path.exists():
            with path.open() as file:
                rows += list(csv.DictReader(file))
    _print_ablations(rows)
    return max(codes)


def _evaluate(a: argparse.Namespace) -> int:
    device = _device()
    choose_correlation(device, a.correlation)
    amp = set_precision(a.amp)
    network, _ = network_from(load_checkpoint(a.checkpoint))
    print(table(evaluate(network.to(device), held_out_pairs(a.data, a.pairs), device, amp)))
    return 0


def _bound(a: argparse.Namespace) -> int:
    bound = photometric_bound(a.data, a.pairs)
    rows = [("bound", bound.error, float(bound.over1.mean()))]
    if a.checkpoint:
        network, _ = network_from(load_checkpoint(a.checkpoint))
        found = errors(network, held_out_pairs(a.data, a.pairs, ("32/photo",))["32/photo"], torch.device("cpu"))[0].numpy()
        rows.append(("network", found, float((found > 1).mean())))
        rows.append(("network / bound", found / bound.error, float("nan")))
    print(f"{'32/photo':>16}   median     p25     p75     p95    mean   above 1 px")
    for name, values, over1 in rows:
        figures = [*np.percentile(values, [50, 25, 75, 95]), values.mean()]
        print(f"{name:>16}  " + " ".join(f"{v:7.3f}" for v in figures) + f"   {100 * over1:8.2f} %")
    return 0


def _precision(a: argparse.Namespace) -> int:
    device = _device()
    choose_correlation(device, a.correlation)
    network, _ = network_from(load_checkpoint(a.checkpoint))
    network.to(device)
    sets = held_out_pairs(a.data, a.pairs)
    for amp in ("fp32", "tf32", "fp16", "bf16"):
        print(f"\n{amp}\n{table(evaluate(network, sets, device, set_precision(amp)))}", flush=True)
    return 0


def _speed(a: argparse.Namespace) -> int:
    device = _device()
    print(f"correlation in use: {choose_correlation(device, a.correlation)}", flush=True)
    model, config = _configs(a.model, a.set)
    variants: list[dict[str, object]] = [{"amp": amp} for amp in ("bf16", "fp16", "tf32")]
    variants.append({"amp": "bf16", "batch": 128})
    if a.compiled:
        variants.append({"amp": "bf16", "compile": True})
    measure_speed(model, config, _bank(a, device), device, variants)
    return 0


def _export(a: argparse.Namespace) -> int:
    from .export import export_checkpoint, export_network
    from .models import build

    if a.checkpoint is None:
        record = export_network(build(recipe(a.model)[0]), a.to, {})
    else:
        record = export_checkpoint(a.checkpoint, a.to)
    print(f"{record['parameters']} parameters, {sum(f['bytes'] for f in record['files'].values()) / 1e6:.2f} MB in {a.to}")
    print(f"PyTorch against ONNX Runtime: {record['agreement']:.1e} px at the corners")
    return 0 if record["agreement"] < 1e-3 else 1


def _plan(a: argparse.Namespace) -> int:
    from .plan_reference import add_plan

    for name, difference in add_plan(a.to).items():
        print(f"{name:32s} {difference:.1e}")
    return 0


def _plot(a: argparse.Namespace) -> int:
    from .plot import plot_curves

    curves = {}
    for text in a.curves:
        label, _, paths = text.partition("=")
        curves[label] = [Path(p) for p in paths.split("+")]
    plot_curves(curves, a.to)
    print(f"{len(curves)} curves in {a.to}")
    return 0


def _pack(a: argparse.Namespace) -> int:
    from .pack import pack_photos

    count, size = pack_photos(a.photos, a.data)
    print(f"{count} photos, {size / 1e6:.1f} MB in {a.data}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gimbal_train", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, run: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text)
        sub.set_defaults(run=run)
        sub.add_argument("--data", type=Path, default=Path(".carry/train.npz"), help="the photo pack")
        sub.add_argument("--pairs", type=int, default=600, help="held-out pairs per set")
        sub.add_argument("--correlation", default="auto", help="auto | compiled | triton | plain")
        return sub

    def add_training(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="change the recipe")
        sub.add_argument("--photos", type=int, help="use only so many photos (smoke runs)")
        sub.add_argument("--out", type=Path, default=Path(os.environ.get("OUT", "out")))
        sub.add_argument("--steps", type=int, help="stop after so many steps (smoke runs)")

    sub = add("train", _train, "train one network")
    add_training(sub)
    sub.add_argument("--model", default="ours", help="ours | reference | regression")
    sub.add_argument("--name", help="name of the files written (default: the model)")
    sub.add_argument("--seconds", type=float, default=540, help="training time, start-up not counted")
    sub.add_argument("--wall", type=float, help="finish within so many seconds of the program's start")
    sub.add_argument(
        "--budget", type=float, help="training seconds over all runs, which the schedules span (default: this run's end)"
    )
    sub.add_argument("--resume", type=Path, help="checkpoint to continue from")
    sub.add_argument("--restart", action="store_true", help="take only the weights from --resume: new optimiser and schedule")
    sub.add_argument("--gpus", help="numbers of the GPUs to train on together, such as 0,1,2 (default: one)")
    sub.add_argument("--processes", type=int, default=1, help="processes that train together on the CPU (smoke runs)")
    sub.add_argument("--every", type=float, default=30, help="seconds between looks at the held-out pairs")
    sub.add_argument("--save-every", type=float, default=120, help="seconds between resumable checkpoints, at a look")
    sub.add_argument("--light", action="store_true", help="write no resumable checkpoint")

    sub = add("ablate", _ablate, "train several variants for the same time")
    add_training(sub)
    sub.add_argument("--runs", nargs="+", required=True, metavar="NAME[:KEY=VALUE,...]")
    sub.add_argument("--seconds", type=float, default=90)
    sub.add_argument("--keep", action="store_true", help="keep each run's best checkpoint and curve")
    sub.add_argument("--worker", default="", help=argparse.SUPPRESS)

    for name, run, text in (
        ("evaluate", _evaluate, "score a checkpoint"),
        ("precision", _precision, "score it in four precisions"),
    ):
        sub = add(name, run, text)
        sub.add_argument("--checkpoint", type=Path, required=True)
        if name == "evaluate":
            sub.add_argument("--amp", default="fp32", help="fp32 | tf32 | fp16 | bf16")

    sub = add("bound", _bound, "what any estimator could reach under photometric change")
    sub.add_argument("--checkpoint", type=Path, help="score this one on the same pairs")

    sub = add("speed", _speed, "time the training step")
    add_training(sub)
    sub.add_argument("--model", default="ours")
    sub.add_argument("--compiled", action="store_true", help="also the compiled step (its start takes over a minute)")

    sub = add("plan", _plan, "write the plan for @gimbal/nn beside ONNX files, and compare it with PyTorch layer by layer")
    sub.add_argument("--to", type=Path, required=True)
    sub = add("export", _export, "write ONNX files and the plan for @gimbal/nn")
    sub.add_argument("--checkpoint", type=Path, help="without one, the untrained network")
    sub.add_argument("--model", default="ours")
    sub.add_argument("--to", type=Path, required=True)

    sub = add("plot", _plot, "draw training curves")
    sub.add_argument("--curves", nargs="+", required=True, metavar="LABEL=CSV[+CSV]", help="phases of one run joined by +")
    sub.add_argument("--to", type=Path, required=True, help="an .svg or .png file")

    sub = add("pack", _pack, "pack a folder of photos")
    sub.add_argument("--photos", type=Path, required=True)

    add("check", lambda a: 0 if run_checks(_device(), a.correlation) else 1, "correctness checks")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    a = _parser().parse_args(arguments)
    a.arguments = sys.argv[1:] if arguments is None else arguments
    status: int = a.run(a)
    return status

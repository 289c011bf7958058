"""Fine-tunes kept weights with pairs of real video and keeps the better of the two.

    python -m real.finetune --kept OUT/ours.best.ckpt --real real.npz --data train.npz --out OUT2 --seconds 240

Writes into --out: `adopted.ckpt` (the tuned weights if they were judged better, else the kept ones, bit for bit), `tuned.ckpt`
(whatever came out) and `finetune.json` (figures before and after, the verdict and its reasons). Exit status 0 either way.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import torch
from torch import nn

from gimbal_train.checkpoint import load_checkpoint, network_from, network_state, save_checkpoint
from gimbal_train.config import ModelConfig, TrainConfig, parse_settings, recipe, with_settings
from gimbal_train.correlation import choose_correlation
from gimbal_train.fit import fit
from gimbal_train.heldout import HeldOut, held_out_pairs
from gimbal_train.photos import load_bank
from gimbal_train.trainer import set_precision

from .clips import LabelledPairs, as_held_out, load_real
from .judge import Figures, judge, label_photometric, reasons_against
from .tuner import Tuner

DEFAULTS = {"lr": "2e-4", "amp": "tf32", "ramp": "0", "log_from": "0"}
"""What differs from the recipe of the first phase: small steps, full degradation and the logarithmic term from the start."""


def _config(settings: list[str]) -> TrainConfig:
    model, train = parse_settings(settings)
    if model:
        raise ValueError(f"expected settings of the training only, got {', '.join(model)}; the kept weights fix the network")
    return with_settings(with_settings(recipe("ours")[1], DEFAULTS), train)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="real.finetune", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--kept", type=Path, required=True, help="checkpoint whose weights are kept unless better ones are found"
    )
    parser.add_argument("--real", type=Path, default=Path(".carry/real.npz"), help="the pack of pack.mjs")
    parser.add_argument("--data", type=Path, default=Path(".carry/train.npz"), help="the photo pack")
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("OUT", "out")))
    parser.add_argument("--seconds", type=float, default=240, help="training time, start-up and judging not counted")
    parser.add_argument("--steps", type=int, help="stop after so many steps (smoke runs)")
    parser.add_argument("--share", type=float, default=0.25, help="share of real pairs, at most 0.3; 0 is the control")
    parser.add_argument("--gain", type=float, default=0.01, help="share by which the held-out figure has to fall")
    parser.add_argument("--tolerance", type=float, default=0.0, help="share by which another figure may rise")
    parser.add_argument(
        "--shuffle", action="store_true", help="permute the labels of the real pairs: a run that must be refused"
    )
    parser.add_argument("--pairs", type=int, default=600, help="synthetic held-out pairs per set")
    parser.add_argument("--photos", type=int, help="use only so many photos (smoke runs)")
    parser.add_argument("--every", type=float, default=30, help="seconds between looks at the held-out pairs")
    parser.add_argument("--correlation", default="auto", help="auto | compiled | triton | plain")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="change the recipe of the training")
    return parser


def _shuffled(pairs: LabelledPairs) -> LabelledPairs:
    order = torch.randperm(len(pairs.homographies), generator=torch.Generator().manual_seed(1))
    return pairs._replace(homographies=pairs.homographies[order])


def main(arguments: list[str] | None = None) -> int:
    """Judges the kept weights, tunes, judges again, adopts or reverts."""
    a = _parser().parse_args(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kept = load_checkpoint(a.kept)
    config = _config(a.set)
    print(f"correlation in use: {choose_correlation(device, a.correlation)}", flush=True)
    parts = load_real(a.real)
    heldout, guard = as_held_out(parts["heldout"]), as_held_out(parts["guard"])
    synthetic = held_out_pairs(a.data, a.pairs)
    set_precision("fp32")
    before = _judge(network_from(kept)[0], heldout, guard, synthetic, device)
    bank = load_bank(a.data, device, textures=600 if a.photos is None else 8, limit=a.photos)
    real = Tuner.Real(_shuffled(parts["train"]) if a.shuffle else parts["train"], a.share)
    tuner = Tuner(ModelConfig(**kept["model"]), config, bank, device, kept, real)
    tuner.advance(0.0)
    print(
        f"{len(parts['train'].first)} real pairs to train on, {len(heldout.first)} held out, {len(guard.first)} guard",
        flush=True,
    )
    fit(
        tuner,
        {"real held out": heldout, **synthetic},
        a.seconds,
        a.seconds,
        "tune",
        None,
        a.every,
        light=True,
        max_steps=a.steps,
    )
    set_precision("fp32")
    with tuner.averaged() as network:
        after = _judge(network, heldout, guard, synthetic, device)
        tuned: dict[str, Any] = {"model": kept["model"], "network": network_state(network), "steps": tuner.steps}
    reasons = reasons_against(before, after, a.gain, a.tolerance)
    save_checkpoint(a.out / "tuned.ckpt", tuned)
    save_checkpoint(a.out / "adopted.ckpt", kept if reasons else tuned)
    report = {
        "verdict": "reverted to the kept weights" if reasons else "adopted",
        "reasons": reasons,
        "kept": before._asdict(),
        "tuned": after._asdict(),
        "labels": {
            "held_photometric": label_photometric(heldout, device),
            "guard_photometric": label_photometric(guard, device),
        },
        "share": a.share,
        "shuffled": a.shuffle,
        "steps": tuner.steps,
        "pairs": {name: len(part.first) for name, part in parts.items()},
    }
    (a.out / "finetune.json").write_text(json.dumps(report, indent=1))
    print(_table(before, after))
    print(f"{report['verdict']}{': ' + '; '.join(reasons) if reasons else ''}")
    return 0


def _judge(
    network: nn.Module, heldout: HeldOut, guard: HeldOut, synthetic: dict[str, HeldOut], device: torch.device
) -> Figures:
    return judge(network.to(device).eval(), heldout, guard, synthetic, device)


def _table(before: Figures, after: Figures) -> str:
    lines = [f"{'figure':>18} {'kept':>9} {'tuned':>9}"]
    lines += [f"{name:>18} {b:9.4f} {t:9.4f}" for name, b, t in zip(Figures._fields, before, after, strict=True)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""Processes that train together hold one network, draw different pairs, and end together."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from test_training import SMALL

from gimbal_train.checkpoint import load_checkpoint
from gimbal_train.cli import main
from gimbal_train.launch import _end, _watch


def test_two_processes_train_one_network_and_go_on(pack: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    common = ["train", "--processes", "2", "--data", str(pack), "--pairs", "2", "--photos", "4", "--out", str(tmp_path)]
    settings = ["--set", "period=2", *(f"{k}={v}" for k, v in SMALL.items())]
    assert main([*common, "--steps", "4", "--budget", "1000", *settings]) == 0
    assert "2 processes, averaging by gloo" in capfd.readouterr().out
    saved = load_checkpoint(tmp_path / "ours.ckpt")
    # Averaged over two processes that both made four steps.
    assert saved["steps"] == 4
    assert saved["optimiser"]["count"] == 4
    assert torch.isfinite(saved["optimiser"]["values"]).all()
    more = ["--resume", str(tmp_path / "ours.ckpt"), "--steps", "2", "--budget", "1000", "--set", "batch=2", "period=2"]
    assert main([*common, *more]) == 0
    assert load_checkpoint(tmp_path / "ours.ckpt")["steps"] == 6


def test_when_one_fails_the_others_end(capfd: pytest.CaptureFixture[str]) -> None:
    codes = ("import time; time.sleep(60)", "raise SystemExit(3)")
    processes = [subprocess.Popen([sys.executable, "-c", code]) for code in codes]
    start = time.monotonic()
    try:
        assert _watch(processes, ["0", "1"]) == 3
    finally:
        _end(processes)
    assert time.monotonic() - start < 20
    assert all(p.poll() is not None for p in processes)
    assert "process 1 (device 1) ended with status 3; the others are stopped" in capfd.readouterr().err

"""Starts one training process per device and sees to it that all end when one fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from .group import PLACE

# One host: only its loopback is needed. NVLink multicast stays off, as in every program that shares such a host.
SURROUNDINGS = {
    "NCCL_NVLS_ENABLE": "0",
    "TORCH_SYMM_MEM_DISABLE_MULTICAST": "1",
    "NVSHMEM_DISABLE_NVLS": "1",
    "NCCL_SOCKET_IFNAME": "lo",
    "GLOO_SOCKET_IFNAME": "lo",
    "NCCL_IB_DISABLE": "1",
}


def launch(arguments: list[str], devices: list[str]) -> int:
    """Runs `gimbal_train ARGUMENTS` once per device: a CUDA device's number, or `cpu`. Returns the exit status of the first
    that failed, after ending the others, or 0."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    with tempfile.TemporaryDirectory(prefix="gimbal-train-") as folder:
        processes: list[subprocess.Popen[bytes]] = []
        try:
            for rank, device in enumerate(devices):
                command = [sys.executable, "-m", "gimbal_train", *arguments]
                processes.append(subprocess.Popen(command, env=_environment(rank, device, len(devices), Path(folder))))
            return _watch(processes, devices)
        finally:
            _end(processes)
            signal.signal(signal.SIGTERM, before)


def _environment(rank: int, device: str, count: int, folder: Path) -> dict[str, str]:
    here = str(Path(__file__).parents[1])
    cores = max(1, (os.cpu_count() or 1) // count)
    own = {
        **dict(zip(PLACE, (str(rank), str(count), str(folder / "meeting")), strict=True)),
        "CUDA_VISIBLE_DEVICES": "" if device == "cpu" else device,
        "PYTHONPATH": os.pathsep.join(p for p in (here, os.environ.get("PYTHONPATH", "")) if p),
        "OMP_NUM_THREADS": str(min(8, cores)),
        "TORCHINDUCTOR_COMPILE_THREADS": str(min(16, cores)),
    }
    # A cache each: processes that compile the same things do not wait for one another's locks.
    for name in ("TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"):
        own[name] = f"{os.environ.get(name, str(folder / name.lower()))}-{rank}"
    return {**os.environ, **SURROUNDINGS, **own}


def _watch(processes: list[subprocess.Popen[bytes]], devices: list[str]) -> int:
    while True:
        codes = [p.poll() for p in processes]
        for rank, code in enumerate(codes):
            if code:
                print(
                    f"process {rank} (device {devices[rank]}) ended with status {code}; the others are stopped",
                    file=sys.stderr,
                    flush=True,
                )
                return code if code > 0 else 128 - code
        if all(code == 0 for code in codes):
            return 0
        time.sleep(0.2)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Asks those that still run to end, and makes them after five seconds."""
    running = [p for p in processes if p.poll() is None]
    for p in running:
        p.terminate()
    end = time.monotonic() + 5
    for p in running:
        try:
            p.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()

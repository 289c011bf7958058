"""Several processes that train one network, each on its own device and pairs: their weights are averaged every few steps."""

from __future__ import annotations

import datetime
import os
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor

from .optimiser import FlatAdamW

PLACE = "GIMBAL_TRAIN_RANK", "GIMBAL_TRAIN_PROCESSES", "GIMBAL_TRAIN_MEETING"
"""Environment of a process of a group: its number, how many there are, and the file by which they find each other."""
PATIENCE = 60.0
"""Seconds after which NCCL counts as not working."""


class Group:
    """One process's view. `rank` 0 judges and writes."""

    def __init__(self, rank: int, count: int, meeting: Path, device: torch.device) -> None:
        self.rank, self.count, self.device = rank, count, device
        cuda = device.type == "cuda"
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if cuda else "gloo",
            init_method=f"file://{meeting}",
            rank=rank,
            world_size=count,
            timeout=datetime.timedelta(minutes=10),
        )
        # Where the averaging happens: on the device by NCCL, where that works in all processes, else on the host by gloo.
        self.place = device if cuda and self._nccl_works() else torch.device("cpu")
        if rank == 0:
            print(f"{count} processes, averaging by {'nccl' if self.place.type == 'cuda' else 'gloo'}", flush=True)

    def _nccl_works(self) -> bool:
        """Adds a one of every process; all agree on the answer."""
        works = 0.0
        try:
            total = torch.ones(1, device=self.device)
            work = dist.all_reduce(total, async_op=True)
            end = time.perf_counter() + PATIENCE
            while not work.is_completed() and time.perf_counter() < end:
                time.sleep(0.01)
            works = float(work.is_completed() and float(total) == self.count)
        except Exception as error:  # whatever it is, gloo goes on
            print(f"warning: NCCL is not used by process {self.rank}: {str(error)[:300]}", file=sys.stderr, flush=True)
        agreed = torch.tensor([works])
        dist.all_reduce(agreed, dist.ReduceOp.MIN)
        return bool(agreed.item())

    def average(self, optimiser: FlatAdamW) -> None:
        """Makes weights, moments and the running average the mean over the processes, in one exchange outside any graph."""
        with torch.no_grad():
            state = (optimiser.values, optimiser.first, optimiser.second, optimiser.average)
            joined = torch.cat([*state, optimiser.count.view(1)]).to(self.place)
            dist.all_reduce(joined)
            mean = (joined / self.count).to(self.device)
            for t, part in zip(state, mean[:-1].view(len(state), -1), strict=True):
                t.copy_(part)
            optimiser.count.copy_(mean[-1])

    def shared(self, value: float) -> float:
        """Rank 0's value, in every process; waits for all."""
        told = torch.tensor([value], dtype=torch.float64)
        dist.broadcast(told, 0)
        return float(told)

    def require_different(self, figure: Tensor) -> None:
        """Raises RuntimeError when two processes have the same figure: they would be training on the same pairs."""
        own = figure.detach().double().cpu().view(1)
        all_of_them = [torch.zeros_like(own) for _ in range(self.count)]
        dist.all_gather(all_of_them, own)
        if len({float(t) for t in all_of_them}) < self.count:
            raise RuntimeError("expected every process to draw pairs of its own, but two have the same error to the last digit")

    def leave(self) -> None:
        """Ends the group once every process is here."""
        self.shared(0.0)
        dist.destroy_process_group()


def join_group(device: torch.device) -> Group | None:
    """The group that this process was started for, or None when it trains alone."""
    if PLACE[0] not in os.environ:
        return None
    rank, count, meeting = (os.environ[name] for name in PLACE)
    return Group(int(rank), int(count), Path(meeting), device)

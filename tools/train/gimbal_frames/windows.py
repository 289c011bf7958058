"""Windows of real video, decoded to YUV 4:2:0 and resident on the device; held-out ones choose checkpoints."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from .lite import Picture

HELD_OUT = (
    "ask-dance",
    "boof-ditch",
    "boof-horse",
    "cotracker-cat",
    "pexels-7322716",
    "propainter-skating",
    "random-4",
    "travel-coast",
)
"""Sources of the windows that are never trained on: they choose checkpoints."""


def split_windows(folder: Path) -> tuple[list[Path], list[Path]]:
    """The windows of a folder to train on, and those held out."""
    paths = sorted(folder.glob("*.mp4"))
    held = [p for p in paths if p.stem.rsplit("_", 1)[0] in HELD_OUT]
    return [p for p in paths if p not in held], held


@dataclass(frozen=True)
class Reel:
    """All windows in one buffer of code values. `place` (N, 4) int64: offset, frames, rows, columns of a window; a frame is its luma
    rows, then U, then V, each chroma plane half as high and wide."""

    data: Tensor
    place: Tensor


def read_window(path: Path) -> np.ndarray:
    """(frames, rows * 3 / 2, columns) uint8, I420; even sizes."""
    video = cv2.VideoCapture(str(path))
    frames: list[np.ndarray] = []
    while True:
        good, frame = video.read()
        if not good:
            break
        h, w = frame.shape[0] // 2 * 2, frame.shape[1] // 2 * 2
        frames.append(cv2.cvtColor(np.ascontiguousarray(frame[:h, :w]), cv2.COLOR_BGR2YUV_I420))
    if len(frames) < 3:
        raise ValueError(f"expected at least 3 frames in {path}, found {len(frames)}")
    return np.stack(frames)


def load_reel(paths: list[Path], device: torch.device, least: int = 0) -> Reel:
    """Decodes the windows and puts them on the device, but for those with a side under `least`."""
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        windows = [w for w in pool.map(read_window, paths) if min(w.shape[1] * 2 // 3, w.shape[2]) >= least]
    place, offset = [], 0
    for w in windows:
        place.append([offset, w.shape[0], w.shape[1] * 2 // 3, w.shape[2]])
        offset += w.size
    data = torch.from_numpy(np.concatenate([w.reshape(-1) for w in windows])).to(device)
    return Reel(data, torch.tensor(place, device=device))


def gather(reel: Reel, which: Tensor, frames: Tensor, top: Tensor, left: Tensor, size: tuple[int, int]) -> list[Picture]:
    """Crops of `size` (even) at even `top`, `left` (B,) of the windows `which` (B,), one picture for every column of `frames` (B, T)."""
    h, w = size
    device = reel.data.device
    offset, _, rows, columns = (reel.place[which, i].view(-1, 1, 1) for i in range(4))

    def cut(start: Tensor, pitch: Tensor, y0: Tensor, x0: Tensor, nh: int, nw: int) -> Tensor:
        y = torch.arange(nh, device=device).view(1, -1, 1) + y0.view(-1, 1, 1)
        x = torch.arange(nw, device=device).view(1, 1, -1) + x0.view(-1, 1, 1)
        return reel.data[start + y * pitch + x].float().unsqueeze(1) / 255 - 0.5

    pictures = []
    for i in range(frames.shape[1]):
        start = offset + frames[:, i].view(-1, 1, 1) * (rows * columns * 3 // 2)
        u = start + rows * columns
        v = u + rows * columns // 4
        luma = cut(start, columns, top, left, h, w)
        chroma = [cut(p, columns // 2, top // 2, left // 2, h // 2, w // 2) for p in (u, v)]
        pictures.append(Picture(luma, torch.cat(chroma, 1)))
    return pictures


def draw_triplets(reel: Reel, batch: int, size: int) -> tuple[list[Picture], Tensor]:
    """Random crops: first, target, second, and t (B,). Half of them gap 1, a quarter gap 2 (both t = 1/2), a quarter t = k/4 of a gap
    of 4; half run backwards; mirrored and turned."""
    device = reel.data.device

    def u() -> Tensor:
        return torch.rand(batch, device=device)

    count = reel.place.shape[0]
    which = (u() * count).long().clamp(max=count - 1)
    n, rows, columns = (reel.place[which, i].float() for i in (1, 2, 3))
    kind = u()
    gap = torch.where(kind < 0.5, 1.0, 2.0)
    middle = torch.where(kind < 0.75, gap, torch.floor(u() * 3) + 1)
    whole = torch.where(kind < 0.75, 2 * gap, torch.full_like(gap, 4.0))
    start = torch.floor(u() * (n - whole)).clamp(min=0)
    first, second = start, start + whole
    back = u() < 0.5
    target = start + middle
    t = middle / whole
    first, second, t = torch.where(back, second, first), torch.where(back, first, second), torch.where(back, 1 - t, t)
    top = torch.floor(u() * ((rows - size) / 2 + 1)).clamp(min=0).long() * 2
    left = torch.floor(u() * ((columns - size) / 2 + 1)).clamp(min=0).long() * 2
    pictures = gather(reel, which, torch.stack([first, target, second], 1).long(), top, left, (size, size))
    flags = [(u() < 0.5).view(-1, 1, 1, 1) for _ in range(3)]
    return [Picture(*(_turn(p, flags) for p in picture)) for picture in pictures], t


def _turn(x: Tensor, flags: list[Tensor]) -> Tensor:
    x = torch.where(flags[0], x.flip(2), x)
    x = torch.where(flags[1], x.flip(3), x)
    return torch.where(flags[2], x.transpose(2, 3), x)


def held_out_triplets(reel: Reel, each: int = 8, size: tuple[int, int] = (224, 320)) -> tuple[list[Picture], Tensor]:
    """`each` triplets (gap 1, t = 1/2), spread over every window, middle crops; the window of each (B,)."""
    which, frames, top, left = [], [], [], []
    for i, (_, n, rows, columns) in enumerate(reel.place.tolist()):
        for k in range(each):
            start = round(k * (n - 3) / max(each - 1, 1))
            which.append(i)
            frames.append([start, start + 1, start + 2])
            top.append((rows - size[0]) // 4 * 2)
            left.append((columns - size[1]) // 4 * 2)
    tensors = [torch.tensor(v, device=reel.data.device) for v in (which, frames, top, left)]
    return gather(reel, *tensors, size), tensors[0]

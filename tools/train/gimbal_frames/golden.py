"""A made pair and what this network makes of it, for the package's test of its own operations."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .export import network_of
from .lite import Picture

WIDTH, HEIGHT = 64, 48


def _planes(dx: float, dy: float, ox: float, oy: float) -> list[np.ndarray]:
    """Waves that are shifted by (dx, dy), and before them a disc at (ox, oy) that has moved by itself: Y, U, V as bytes."""
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    x, y = column - dx, row - dy
    luma = 120 + 50 * np.sin(x * 0.35 + 0.2 * np.sin(y * 0.2)) + 35 * np.cos(y * 0.5 + x * 0.11)
    u, v = 128 + 30 * np.sin(x * 0.15), 128 + 25 * np.cos(y * 0.2)
    disc = (column - ox) ** 2 + (row - oy) ** 2 < 90
    luma, u = np.where(disc, 220 - 40 * np.sin((column - ox) * 0.8), luma), np.where(disc, 90, u)
    return [np.clip(np.round(p), 0, 255).astype(np.uint8) for p in (luma, u[::2, ::2], v[::2, ::2])]


def _picture(planes: list[np.ndarray]) -> Picture:
    y, u, v = (torch.from_numpy(p.astype(np.float32)) / 255 - 0.5 for p in planes)
    return Picture(y[None, None], torch.stack([u, v])[None])


def write_golden(checkpoint: Path, to: Path) -> None:
    """Writes both frames, the flows at stride 4, and the made planes at two moments (code values before rounding)."""
    network = network_of(checkpoint)
    planes = _planes(0, 0, 20, 20), _planes(3, -2, 31, 24)
    first, second = (_picture(p) for p in planes)

    def codes(values: torch.Tensor) -> list[float]:
        return [round(float(v), 2) for v in ((values + 0.5) * 255).clamp(0, 255).flatten()]

    with torch.no_grad():
        motion = network.motion(first, second)
        made = []
        for t in (0.5, 0.3):
            half = network.make(first, second, motion, torch.tensor([t])).half
            luma = F.pixel_shuffle(half[:, :4], 2)
            made.append({"t": t, "luma": codes(luma), "u": codes(half[0, 4]), "v": codes(half[0, 5])})
        flow = [round(float(v), 4) for v in torch.cat([motion.first, motion.second], 1).flatten()]
    record = {"width": WIDTH, "height": HEIGHT}
    record |= {name: [base64.b64encode(p.tobytes()).decode() for p in each] for name, each in zip(("first", "second"), planes, strict=True)}
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(record | {"flow": flow, "made": made}) + "\n")

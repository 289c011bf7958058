"""Procedural pictures: noise of many scales, cells, gratings and strokes, for repetition and weak texture that photos lack."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def draw_textures(count: int, size: tuple[int, int], device: torch.device, seed: int) -> Tensor:
    """`count` pictures (count, rows, columns) uint8, the four kinds in turn; the same for the same seed and kind of device."""
    generator = torch.Generator(device=device).manual_seed(seed)
    kinds = (_octaves, _cells, _gratings, _strokes)
    pictures = [kinds[i % len(kinds)](size, device, generator) for i in range(count)]
    if not pictures:
        return torch.zeros(0, *size, dtype=torch.uint8, device=device)
    return torch.stack([(_stretch(p) * 255).round().to(torch.uint8) for p in pictures])


def _stretch(picture: Tensor) -> Tensor:
    low, high = picture.min(), picture.max()
    return (picture - low) / (high - low).clamp(min=1e-6)


def _uniform(low: float, high: float, generator: torch.Generator, *shape: int) -> Tensor:
    return torch.rand(*shape, device=generator.device, generator=generator) * (high - low) + low


def _axes(size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    y, x = torch.meshgrid(torch.arange(size[0], device=device), torch.arange(size[1], device=device), indexing="ij")
    return x.float(), y.float()


def _octaves(size: tuple[int, int], device: torch.device, g: torch.Generator) -> Tensor:
    """Sum of random grids from coarse to fine with a random roll-off."""
    total = torch.zeros(size, device=device)
    fall = float(_uniform(0.45, 0.95, g, 1))
    for octave in range(6):
        cells = (size[0] >> (6 - octave), size[1] >> (6 - octave))
        layer = torch.rand(1, 1, cells[0] + 2, cells[1] + 2, device=device, generator=g)
        total += fall**octave * F.interpolate(layer, size, mode="bicubic", align_corners=True)[0, 0]
    return total


def _cells(size: tuple[int, int], device: torch.device, g: torch.Generator) -> Tensor:
    """Nearest-seed regions of flat grey, some with a gradient: long clean edges, flat insides."""
    x, y = _axes(size, device)
    n = 20 + int(_uniform(0, 140, g, 1))
    sx, sy = _uniform(0, size[1], g, n, 1, 1), _uniform(0, size[0], g, n, 1, 1)
    nearest = ((x - sx) ** 2 + (y - sy) ** 2).argmin(0)
    grey = torch.rand(n, device=device, generator=g)
    slope = _uniform(-0.004, 0.004, g, n)
    picture = grey[nearest] + slope[nearest] * (x - sx.flatten()[nearest])
    return F.avg_pool2d(F.pad(picture[None, None], (1, 1, 1, 1), mode="replicate"), 3, 1)[0, 0]


def _gratings(size: tuple[int, int], device: torch.device, g: torch.Generator) -> Tensor:
    """A few plane waves, bent by a slow phase, over weak noise: repetition with something to tell the periods apart."""
    x, y = _axes(size, device)
    total = 0.3 * _stretch(_octaves(size, device, g))
    bend = _stretch(_octaves(size, device, g))
    for _ in range(3):
        angle, period, strength = (float(_uniform(lo, hi, g, 1)) for lo, hi in ((0, math.pi), (5, 40), (0.1, 0.6)))
        phase = (x * math.cos(angle) + y * math.sin(angle)) * (2 * math.pi / period) + 6 * bend
        total = total + strength * torch.sin(phase)
    return total


def _strokes(size: tuple[int, int], device: torch.device, g: torch.Generator) -> Tensor:
    """Rows of short bars like lines of print, and a few large rectangles."""
    x, y = _axes(size, device)
    total = 0.4 * _stretch(_octaves(size, device, g))
    for _ in range(25):
        cx, cy, w, h, shade = (
            float(_uniform(lo, hi, g, 1)) for lo, hi in ((0, size[1]), (0, size[0]), (4, 60), (4, 40), (0, 1))
        )
        box = torch.clamp(w / 2 - (x - cx).abs() + 0.5, 0, 1) * torch.clamp(h / 2 - (y - cy).abs() + 0.5, 0, 1)
        total = total + box * (shade - total)
    pitch, high = float(_uniform(10, 24, g, 1)), float(_uniform(0.3, 0.7, g, 1))
    bars = torch.rand(1, 1, int(size[0] / pitch) + 1, size[1] // 3, device=device, generator=g)
    ink = (F.interpolate(bars, size, mode="nearest")[0, 0] > 0.6).float()
    line = ((y / pitch) % 1 < high).float()
    column = float(_uniform(0, 1, g, 1)) * size[1]
    region = ((x - column).abs() < size[1] * 0.25).float()
    return total + region * line * ink * (1 - 2 * total) * 0.8

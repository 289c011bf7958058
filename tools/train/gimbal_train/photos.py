"""All training pictures resident on the device, in one tensor of equal canvases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .pack import read_pack
from .textures import draw_textures

CANVAS = (256, 400)
"""Rows and columns of a canvas; a picture fills its upper left part."""
PROTOCOL = (240, 320)
"""Rows and columns of the published protocol's photos."""


@dataclass(frozen=True)
class Bank:
    """`pictures` (N, 256, 400) uint8: `photos` photos, then the same photos at 320x240, then procedural textures.
    `sizes` (N, 2) float32: width and height of each."""

    pictures: Tensor
    sizes: Tensor
    photos: int

    @property
    def textures(self) -> int:
        """Number of procedural pictures."""
        return int(self.pictures.shape[0]) - 2 * self.photos


def load_bank(path: Path, device: torch.device, textures: int = 600, seed: int = 5, limit: int | None = None) -> Bank:
    """Decodes the photos of a pack that are not held out; `limit` takes only the first ones (smoke runs)."""
    images, held = read_pack(path)
    chosen = [image for image, aside in zip(images, held, strict=True) if not aside][:limit]
    if not chosen:
        raise ValueError(f"expected training photos in {path}, found only held-out ones; pack again with a larger limit")
    canvases = np.zeros((len(chosen), *CANVAS), np.uint8)
    sizes = np.zeros((len(chosen), 2), np.float32)
    for i, image in enumerate(chosen):
        h, w = image.shape
        canvases[i, :h, :w] = image
        sizes[i] = w, h
    photos = torch.from_numpy(canvases).to(device)
    small = torch.zeros_like(photos)
    for i, image in enumerate(chosen):
        h, w = image.shape
        source = photos[i : i + 1, None, :h, :w].float()
        small[i, : PROTOCOL[0], : PROTOCOL[1]] = F.interpolate(source, PROTOCOL, mode="bilinear").round().to(torch.uint8)[0, 0]
    drawn = draw_textures(textures, CANVAS, device, seed)
    sizes_all = torch.cat(
        [
            torch.from_numpy(sizes),
            torch.tensor([[float(PROTOCOL[1]), float(PROTOCOL[0])]]).expand(len(chosen), 2),
            torch.tensor([[float(CANVAS[1]), float(CANVAS[0])]]).expand(textures, 2),
        ]
    )
    return Bank(torch.cat([photos, small, drawn]), sizes_all.to(device), len(chosen))

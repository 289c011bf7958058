"""Colour photos in one file that travels, and all of them resident on the device."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from gimbal_train.pack import _rank as rank_of_name

CANVAS = (256, 400)
"""Rows and columns of every canvas; a smaller photo is continued by reflection."""


def pack_photos(folder: Path, target: Path, limit: int, skip: int = 0, quality: int = 82) -> tuple[int, int]:
    """Writes JPEGs (landscape, at most 400 wide) in the order of their hash, after the first `skip`, until `limit` bytes are full."""
    names = sorted((p.name for p in folder.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"}), key=rank_of_name)[skip:]
    if not names:
        raise FileNotFoundError(f"expected photos in {folder} after the first {skip}, found none; give the folder with --photos")
    chunks: list[np.ndarray] = []
    total = 0
    for name in names:
        image = cv2.imread(str(folder / name), cv2.IMREAD_COLOR)
        if image is None:
            raise ValueError(f"{folder / name} cannot be decoded; remove it or replace it")
        if image.shape[0] > image.shape[1]:
            image = np.rot90(image)
        cut = max(0, (image.shape[1] - CANVAS[1]) // 2)
        image = np.ascontiguousarray(image[: CANVAS[0], cut : cut + CANVAS[1]])
        flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
        data = cv2.imencode(".jpg", image, flags)[1].reshape(-1)
        total += len(data)
        if total > limit:
            break
        chunks.append(data)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez(target, bytes=np.concatenate(chunks), offsets=np.cumsum([0] + [len(c) for c in chunks]).astype(np.int64))
    return len(chunks), target.stat().st_size


def load_photos(paths: list[Path], device: torch.device, limit: int | None = None) -> Tensor:
    """(N, 3, 256, 400) uint8, full-range Y, U, V of BT.601: what a JPEG holds; code values serve as they are."""
    items: list[np.ndarray] = []
    for path in paths:
        with np.load(path) as pack:
            data, offsets = pack["bytes"], pack["offsets"]
        items += [data[a:b] for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
    items = items[:limit]

    def decode(item: np.ndarray) -> np.ndarray:
        image = cv2.imdecode(item, cv2.IMREAD_COLOR)
        if image is None:
            raise ValueError(f"a photo of {', '.join(map(str, paths))} cannot be decoded; pack the photos again")
        h, w = image.shape[:2]
        image = cv2.copyMakeBorder(image, 0, CANVAS[0] - h, 0, CANVAS[1] - w, cv2.BORDER_REFLECT)
        y, v, u = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb))
        return np.stack([y, u, v])

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return torch.from_numpy(np.stack(list(pool.map(decode, items)))).to(device)

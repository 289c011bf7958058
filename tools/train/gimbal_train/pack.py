"""Packs the training photos into one file small enough to travel: grey JPEGs in an npz with a table of offsets."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

HELD_OUT_SHARE = 0.04
"""Share of the training photos kept aside, by hash of the name, to choose checkpoints: about 150 of 3,941."""


def _rank(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32


def is_held_out(name: str) -> bool:
    """Whether a photo belongs to the internal validation part: a fixed property of its name, not of the order of a list."""
    return _rank(name) < HELD_OUT_SHARE


def pack_photos(folder: Path, target: Path, longest: int = 400, quality: int = 82, limit: int = 50_000_000) -> tuple[int, int]:
    """Writes `target` (npz: `bytes` uint8, `offsets` int64, `held_out` bool, `names` str); returns (photos, bytes).

    Photos keep their size up to `longest` pixels; a longer side is cut to its middle, never shrunk, and the quality is that
    of the
    sources (lower ones lose the grain that sub-pixel matching lives on: 32 dB at quality 60, 43 dB at 82). So the limit in
    bytes is
    kept by taking fewer photos: all those held out, then the others in the order of their hash. Portraits are turned by 90
    degrees so that all fit one landscape canvas.
    """
    names = sorted((p.name for p in folder.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"}), key=_rank)
    if not names:
        raise FileNotFoundError(f"expected photos in {folder}, found none; give the folder with --photos")
    chunks: list[np.ndarray] = []
    for name in names:
        image = cv2.imread(str(folder / name), cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise ValueError(f"{folder / name} cannot be decoded; remove it or replace it")
        if image.shape[0] > image.shape[1]:
            image = np.rot90(image)
        cut = max(0, (image.shape[1] - longest) // 2)
        image = np.ascontiguousarray(image[:, cut : cut + longest])
        flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
        chunks.append(cv2.imencode(".jpg", image, flags)[1].reshape(-1))
    sizes = np.cumsum([0] + [len(c) for c in chunks])
    kept = int(np.searchsorted(sizes, limit - 1_000_000, side="right")) - 1
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        target,
        bytes=np.concatenate(chunks[:kept]),
        offsets=sizes[: kept + 1].astype(np.int64),
        held_out=np.array([is_held_out(n) for n in names[:kept]]),
        names=np.array(names[:kept]),
    )
    return kept, target.stat().st_size


def read_pack(path: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """Decodes a pack: grey uint8 photos (H, W) and the mask of those held out."""
    from concurrent.futures import ThreadPoolExecutor

    with np.load(path) as pack:
        data, offsets, held = pack["bytes"], pack["offsets"], pack["held_out"]

    def decode(i: int) -> np.ndarray:
        image = cv2.imdecode(data[offsets[i] : offsets[i + 1]], cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise ValueError(f"photo {i} of {path} cannot be decoded; pack the photos again")
        return np.asarray(image, dtype=np.uint8)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(decode, range(len(offsets) - 1))), held

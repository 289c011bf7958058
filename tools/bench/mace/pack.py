"""Reads packed pairs and writes answers to them, for rows of the table that are computed elsewhere.

Corners are in the networks' order: top left, top right, bottom left, bottom right.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER = "bin,index,tlx,tly,trx,try,blx,bly,brx,bry"


def read_pack(file: Path) -> dict[str, tuple[NDArray[np.uint8], NDArray[np.float64]]]:
    """By bin: pixels (n, 2, 128, 128), first and second patch, and how far first's corners move (n, 4, 2)."""
    with np.load(file) as pack:
        bins = [name for name in pack.files if not name.endswith(".offsets")]
        return {name: (_summed(pack[name]), pack[f"{name}.offsets"]) for name in bins}


def write_predictions(file: Path, answers: dict[str, NDArray[np.floating]]) -> None:
    """Writes answers (n, 4, 2) by bin, for its first n pairs, as `mace --predictions NAME=FILE` reads them; NaN: no answer."""
    lines = [HEADER]
    for name, offsets in answers.items():
        for index, numbers in enumerate(np.asarray(offsets, dtype=np.float64).reshape(-1, 8)):
            values = [repr(float(value)) for value in numbers] if np.isfinite(numbers).all() else [""] * 8
            lines.append(",".join([name, str(index), *values]))
    file.write_text("\n".join(lines) + "\n")


def _summed(differences: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Undoes the differences along rows and columns that make the file smaller."""
    return np.cumsum(np.cumsum(differences, axis=-1, dtype=np.uint8), axis=-2, dtype=np.uint8)

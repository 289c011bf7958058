"""Small synthetic data, so that the tests need no photos."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from gimbal_train.pack import pack_photos

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of 60 smooth random pictures, some held out."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    for i in range(60):
        picture = cv2.GaussianBlur(random.uniform(0, 255, (260 if i % 2 else 340, 340 if i % 2 else 260)), (0, 0), 2.0)
        low, high = picture.min(), picture.max()
        cv2.imwrite(str(folder / f"{i}.png"), ((picture - low) / (high - low) * 255).round()[:340, :340][:256].astype(np.uint8))
    target = folder / "pack.npz"
    pack_photos(folder, target)
    torch.manual_seed(0)
    return target

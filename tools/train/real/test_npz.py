"""The packer's archives are what NumPy reads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

SCRIPT = """
import { writeFileSync } from 'node:fs';
const { npz } = await import(process.argv[1]);
const bytes = Uint8Array.from({ length: 24 }, (_, i) => 11 * i);
writeFileSync(process.argv[2], npz({
  bytes: { data: bytes, shape: [2, 3, 4] },
  line: { data: Float64Array.of(1.5, -2, 1e300), shape: [3] },
  none: { data: new Int32Array(0), shape: [0, 4] },
}));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_numpy_reads_what_the_packer_writes(tmp_path: Path) -> None:
    writer = Path(__file__).parent / "npz.mjs"
    target = tmp_path / "x.npz"
    subprocess.run(["node", "--input-type=module", "-e", SCRIPT, writer.as_uri(), str(target)], check=True)
    with np.load(target) as z:
        assert np.array_equal(z["bytes"], (11 * np.arange(24) % 256).astype(np.uint8).reshape(2, 3, 4))
        assert np.array_equal(z["line"], [1.5, -2, 1e300])
        assert z["none"].shape == (0, 4)
        assert z["none"].dtype == np.int32

"""The engine of @gimbal/nn in this process, through its C interface (CMake option GIMBAL_NN_LIBRARY)."""

from __future__ import annotations

import ctypes as C
from pathlib import Path

import numpy as np

PRECISIONS = ["float32", "tf32", "fp16", "bf16"]


class Engine:
    """A loaded network. `flags`: 1 records graphs, 2 keeps every tensor so that `tensor` can read it."""

    def __init__(self, library: Path, plan: Path, weights: Path, precision: str, slots: int, flags: int = 1) -> None:
        self.lib = C.CDLL(str(library))
        self.lib.nn_fault.restype = C.c_char_p
        self.lib.nn_load.restype = C.c_void_p
        self.lib.nn_tensor.restype = C.c_long
        self.lib.nn_memory.restype = C.c_size_t
        self.lib.nn_kernels.restype = C.c_size_t
        data = weights.read_bytes()
        handle = self.lib.nn_load(plan.read_bytes(), data, C.c_size_t(len(data)), 0, PRECISIONS.index(precision), slots, flags)
        if not handle:
            raise RuntimeError(self.lib.nn_fault().decode())
        self.handle = C.c_void_p(handle)

    def _held(self, failed: int) -> None:
        if failed:
            raise RuntimeError(self.lib.nn_fault().decode())

    def compile(self, programs: str, batch: int) -> int:
        sequence = int(self.lib.nn_compile(self.handle, programs.encode(), batch))
        self._held(sequence < 0)
        return sequence

    def run(self, sequence: int, count: int, feeds: dict[str, np.ndarray], fetches: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
        inputs = [np.ascontiguousarray(value) for value in feeds.values()]
        outputs = {name: np.zeros(shape, np.float32) for name, shape in fetches.items()}
        to = (C.c_void_p * max(1, len(inputs)))(*[value.ctypes.data for value in inputs])
        out = (C.c_void_p * max(1, len(outputs)))(*[value.ctypes.data for value in outputs.values()])
        names = " ".join(feeds).encode(), " ".join(outputs).encode()
        self._held(self.lib.nn_run(self.handle, sequence, count, names[0], to, names[1], out))
        return outputs

    def launch(self, sequence: int, stream: int) -> None:
        self._held(self.lib.nn_launch(self.handle, sequence, C.c_void_p(stream)))

    def tensor(self, sequence: int, name: str) -> np.ndarray:
        count = self.lib.nn_tensor(self.handle, sequence, name.encode(), None)
        self._held(count < 0)
        out = np.zeros(count, np.float32)
        self.lib.nn_tensor(self.handle, sequence, name.encode(), out.ctypes.data_as(C.c_void_p))
        return out

    def megabytes(self) -> float:
        return float(self.lib.nn_memory(self.handle)) / 1e6

    def close(self) -> None:
        self.lib.nn_free(self.handle)

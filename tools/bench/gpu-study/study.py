"""The network on a GPU: this engine and PyTorch on the same weights in one run. Times are medians of CUDA events over replays.

    cmake -S packages/nn -B build/study -DGIMBAL_ADDON=OFF -DGIMBAL_NN_LIBRARY=ON -DGIMBAL_CUDA_ARCHITECTURES=90-real -DCMAKE_BUILD_TYPE=Release
    cmake --build build/study --target nn_library --parallel
    PYTHONPATH=tools/train python tools/bench/gpu-study/study.py build/study/libnn_library.so study.json

Needs PyTorch with CUDA, numpy and onnx; about four minutes, most of it PyTorch's compiler.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from engine import Engine
from gimbal_train.config import recipe
from gimbal_train.estimator import Estimator
from gimbal_train.models import build
from gimbal_train.plan import read_onnx_weights
from gimbal_train.plan_reference import Reference, plan_of
from torch import Tensor, nn

WEIGHTS = Path(__file__).parents[3] / "packages/ihn/weights"
FILES = WEIGHTS / "ihn.plan.json", WEIGHTS / "ihn.safetensors"


def timed(work: Callable[[], Any], runs: int = 30) -> dict[str, float]:
    """Milliseconds: median, and the ends of the middle 80 %."""
    times = []
    for i in range(runs + 5):
        start, stop = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        stop.record()
        stop.synchronize()
        if i >= 5:
            times.append(start.elapsed_time(stop))
    times.sort()
    return {"median": times[len(times) // 2], "low": times[len(times) // 10], "high": times[-1 - len(times) // 10]}


def graphed(work: Callable[[], Any]) -> Callable[[], None]:
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay  # type: ignore[no-any-return]


class Pair(nn.Module):
    """A pair whose previous frame's features are known: what the engine is timed at."""

    def __init__(self, network: Estimator) -> None:
        super().__init__()
        self.network = network

    def forward(self, gray: Tensor, features: dict[int, Tensor]) -> Tensor:
        current = self.network.encoder(gray)
        corners = gray.new_zeros(gray.shape[0], 4, 2, dtype=torch.float32)
        for stride, count in self.network.config.iterations():
            for _ in range(count):
                corners = self.network.refiners[str(stride)](features[stride], current[stride], corners).corners
        return corners


def programs(network: Estimator) -> str:
    names = ["encode"]
    for stride, count in network.config.iterations():
        names += [f"prepare{stride}"] + [f"step{stride}"] * count
    return " ".join(names)


def pictures(count: int) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    return F.interpolate(torch.rand(count, 1, 40, 40, generator=generator), size=(128, 128), mode="bicubic").clamp(0, 1)


def engine_times(library: Path, network: Estimator, precision: str, batch: int) -> dict[str, Any]:
    index = np.arange(batch, dtype=np.int32)
    feeds = {"gray": pictures(batch).permute(0, 2, 3, 1).numpy(), "slot": index, "previous": index, "current": index + 1}
    feeds["state"] = np.zeros((batch, 16), np.float32)
    out: dict[str, Any] = {}
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for name, flags in (("graph", 1), ("eager", 0)):
            engine = Engine(library, *FILES, precision, batch + 1, flags)
            sequence = engine.compile(programs(network), batch)
            engine.run(sequence, batch, feeds, {})
            out[name] = timed(lambda e=engine, s=sequence: e.launch(s, stream.cuda_stream))
            out["megabytes"] = engine.megabytes()
            engine.close()
    return out


def torch_times(network: Estimator, precision: str, batch: int) -> dict[str, Any]:
    network = network.cuda().to(memory_format=torch.channels_last)
    gray = pictures(batch).cuda().to(memory_format=torch.channels_last)
    out: dict[str, Any] = {}
    with torch.no_grad(), torch.autocast("cuda", dtype=torch.float16, enabled=precision == "fp16"):
        features = {stride: value.clone() for stride, value in network.encoder(gray).items()}
        pair = Pair(network)
        compiled = torch.compile(pair, dynamic=False)
        for name, module in (("", pair), ("compiled ", compiled)):
            call = lambda m=module: m(gray, features)
            call()
            out[f"{name}eager"] = timed(call, 10)
            out[f"{name}graph"] = timed(graphed(call))
    network.cpu()
    return out


def agreement(library: Path, network: Estimator, precision: str) -> float:
    """Largest difference of the corners after the last step to the plan in PyTorch, float32, in pixels of 128."""
    pairs = 3
    frames = torch.cat([pictures(pairs), torch.roll(pictures(pairs), (2, 3), (2, 3))])
    reference = Reference(plan_of(network), 2 * pairs, pairs)
    reference.values |= {"gray": frames, "slot": torch.arange(2 * pairs)}
    reference.values |= {"previous": torch.arange(pairs), "current": torch.arange(pairs, 2 * pairs)}
    names = programs(network).split()
    with torch.no_grad():
        for name in names:
            reference.run(name)
    engine = Engine(library, *FILES, precision, 2 * pairs)
    both = np.arange(2 * pairs, dtype=np.int32)
    engine.run(engine.compile("encode", 2 * pairs), 2 * pairs, {"gray": frames.permute(0, 2, 3, 1).numpy(), "slot": both}, {})
    feeds = {"previous": both[:pairs], "current": both[pairs:], "state": np.zeros((pairs, 16), np.float32)}
    record = engine.run(engine.compile(" ".join(names[1:]), pairs), pairs, feeds, {"record": (pairs, 32, 9)})["record"]
    steps = reference.step
    engine.close()
    return float(np.abs(record[:, steps - 1, :8] - reference.values["record"][:, steps - 1, :8].numpy()).max())


def roofs() -> dict[str, float]:
    source = torch.empty(2**30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    out = {"copy_GBs": 2 * 2**30 / timed(lambda: target.copy_(source))["median"] / 1e6}
    for name, dtype in (("fp16", torch.float16), ("bf16", torch.bfloat16), ("fp32", torch.float32)):
        a, b = (torch.randn(8192, 8192, device="cuda", dtype=dtype) for _ in range(2))
        out[f"matmul_{name}_TFLOPs"] = 2 * 8192**3 / timed(lambda a=a, b=b: a @ b, 5)["median"] / 1e9
    return out


def main() -> None:
    library, target = Path(sys.argv[1]), Path(sys.argv[2])
    network = build(recipe("ours")[0])
    assert isinstance(network, Estimator)
    own = network.state_dict()
    network.load_state_dict({**own, **{k: v for k, v in read_onnx_weights(WEIGHTS).items() if k in own}})
    network.eval()
    torch.zeros(1, device="cuda")
    record: dict[str, Any] = {"device": torch.cuda.get_device_name(), "torch": torch.__version__, "roofs": roofs()}
    record["agreement"] = {p: agreement(library, network, p) for p in ("float32", "tf32", "fp16", "bf16")}
    record["ours"] = {f"fp16 {b}": engine_times(library, network, "fp16", b) for b in (1, 2, 4, 8, 16, 32, 64, 128, 256)}
    record["ours"] |= {f"{p} {b}": engine_times(library, network, p, b) for p in ("bf16", "tf32", "float32") for b in (1, 128)}
    record["pytorch"] = {f"{p} {b}": torch_times(network, p, b) for p in ("fp32", "fp16") for b in (1, 128)}
    target.write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps(record["agreement"]), *(f"{k}: {v['graph']['median']:.4f} ms" for k, v in record["ours"].items()), sep="\n")
    print(*(f"PyTorch {k}: {v['compiled graph']['median']:.4f} ms" for k, v in record["pytorch"].items()), sep="\n")


if __name__ == "__main__":
    main()

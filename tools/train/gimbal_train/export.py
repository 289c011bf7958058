"""ONNX files for the shipped package: the encoder once per frame, one refinement per stride, and the single-shot baseline."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from .baselines import Regression
from .checkpoint import load_checkpoint, network_from
from .estimator import Estimator, Refiner
from .geometry import SIZE
from .models import parameter_count
from .plan_reference import export_plan

OPSET = 18


class _Encoder(nn.Module):
    def __init__(self, network: Estimator) -> None:
        super().__init__()
        self.encoder = network.encoder
        self.strides = [stride for stride, _ in network.config.iterations()]

    def forward(self, gray: Tensor) -> tuple[Tensor, ...]:
        features = self.encoder(gray)
        return tuple(features[s] for s in self.strides)


class _Refine(nn.Module):
    def __init__(self, refiner: Refiner) -> None:
        super().__init__()
        self.refiner = refiner

    def forward(self, a: Tensor, b: Tensor, corners: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        step = self.refiner(a, b, corners)
        return step.corners, torch.sigmoid(step.logits) * step.inside, step.spread


class _Single(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        corners: Tensor = self.network(first, second)[-1].corners
        return corners


def _write(module: nn.Module, inputs: tuple[Tensor, ...], names: list[str], outputs: list[str], path: Path) -> None:
    batch = torch.export.Dim("batch", min=1, max=4096)
    torch.onnx.export(
        module.eval(),
        inputs,
        str(path),
        dynamo=True,
        opset_version=OPSET,
        external_data=False,
        input_names=names,
        output_names=outputs,
        dynamic_shapes=tuple({0: batch} for _ in names),
        verbose=False,
    )
    _forget_origin(path)


def _forget_origin(path: Path) -> None:
    """Removes what the exporter notes beside every node: traces with the paths of the machine that it ran on."""
    model = onnx.load(path)
    graph = model.graph
    del model.metadata_props[:], graph.metadata_props[:]
    for named in (*graph.node, *graph.value_info, *graph.initializer, *graph.input, *graph.output):
        del named.metadata_props[:]
        named.doc_string = ""
    onnx.save(model, path)


def export_checkpoint(checkpoint: Path, folder: Path, figures: dict[str, Any] | None = None) -> dict[str, Any]:
    """Exports a checkpoint file; see `export_network`."""
    loaded = load_checkpoint(checkpoint)
    network, _ = network_from(loaded)
    measured = figures if figures is not None else loaded.get("figures", {})
    return export_network(network, folder, measured)


def export_network(network: nn.Module, folder: Path, figures: dict[str, Any]) -> dict[str, Any]:
    """Writes the ONNX files of a network into `folder`, checks each against PyTorch and returns the record also written
    beside them.

    Ours: `encoder.onnx`, `refine8.onnx`, `refine4.onnx`, ... and `weights.json`. The others: one file, named like the model.
    The weights of the regression, which is large and coarse, are rounded to 16 bits and stored so where they are not merged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network = network.cpu().eval()
    files: list[str] = []
    record: dict[str, Any] = {}
    with torch.no_grad():
        if isinstance(network, Estimator):
            config = network.config
            strides = [stride for stride, _ in config.iterations()]
            _write(
                _Encoder(network),
                (torch.rand(2, 1, SIZE, SIZE),),
                ["gray"],
                [f"f{s}" for s in strides],
                folder / "encoder.onnx",
            )
            files.append("encoder.onnx")
            for stride in strides:
                n, c = SIZE // stride, getattr(config, f"c{stride}")
                inputs = (torch.randn(2, c, n, n), torch.randn(2, c, n, n), torch.randn(2, 4, 2))
                refiner = network.refiners[str(stride)]
                assert isinstance(refiner, Refiner)
                names, outputs = ["a", "b", "corners"], ["refined", "inliers", "spread"]
                _write(_Refine(refiner), inputs, names, outputs, folder / f"refine{stride}.onnx")
                files.append(f"refine{stride}.onnx")
            files += export_plan(network, folder)
            record = {
                "schedule": [list(level) for level in config.iterations()],
                "channels": {str(s): getattr(config, f"c{s}") for s in strides},
            }
            name = "weights"
        else:
            name = type(network).__name__.lower()
            frames = (torch.rand(2, 1, SIZE, SIZE), torch.rand(2, 1, SIZE, SIZE))
            if isinstance(network, Regression):
                network = network.half().float()
            _write(_Single(network), frames, ["first", "second"], ["corners"], folder / f"{name}.onnx")
            if isinstance(network, Regression):
                _store_in_half(folder / f"{name}.onnx")
            files.append(f"{name}.onnx")
    record |= {
        "parameters": parameter_count(network),
        "files": {f: {"bytes": (folder / f).stat().st_size, "sha256": _digest(folder / f)} for f in files},
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "revision": _revision(),
        "figures": _without_nan(figures),
        "agreement": compare_with_onnx(network, folder),
    }
    (folder / f"{name}.json").write_text(json.dumps(record, indent=2, allow_nan=False) + "\n")
    return record


def _without_nan(figures: dict[str, Any]) -> dict[str, Any]:
    """Leaves out what a network cannot tell, such as the rank of a spread that it does not predict: JSON has no nan."""
    kept = {k: _without_nan(v) if isinstance(v, dict) else v for k, v in figures.items()}
    return {k: v for k, v in kept.items() if not (isinstance(v, float) and math.isnan(v))}


def _store_in_half(path: Path) -> None:
    """Keeps the large weights of a file, which must be numbers of 16 bits already, as such. ONNX Runtime widens them when it
    loads the file."""
    model = onnx.load(path)
    for weight in [w for w in model.graph.initializer if w.data_type == onnx.TensorProto.FLOAT and len(w.raw_data) > 4096]:
        values = onnx.numpy_helper.to_array(weight)
        half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            continue
        name = weight.name
        weight.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}_half"))
        model.graph.node.insert(0, onnx.helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _revision() -> str:
    here = Path(__file__).parent
    result = subprocess.run(["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"


class OnnxEstimator:
    """The exported files of ours, run by ONNX Runtime: what the shipped package does."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1

        def session(name: str) -> onnxruntime.InferenceSession:
            return onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])

        self.encoder = session("encoder.onnx")
        self.outputs = [o.name for o in self.encoder.get_outputs()]
        strides = [int(name[1:]) for name in self.outputs]
        self.refine = {s: session(f"refine{s}.onnx") for s in strides}

    def encode(self, gray: np.ndarray) -> dict[int, np.ndarray]:
        """(B, 1, 128, 128) float32 in [0, 1] to features per stride."""
        return {int(n[1:]): f for n, f in zip(self.outputs, self.encoder.run(None, {"gray": gray}), strict=True)}

    def corners(self, a: dict[int, np.ndarray], b: dict[int, np.ndarray], schedule: list[tuple[int, int]]) -> np.ndarray:
        """Corner displacements (B, 4, 2) after the schedule of (stride, iterations)."""
        corners = np.zeros((len(a[schedule[0][0]]), 4, 2), np.float32)
        for stride, count in schedule:
            for _ in range(count):
                corners = self.refine[stride].run(["refined"], {"a": a[stride], "b": b[stride], "corners": corners})[0]
        return corners


def compare_with_onnx(network: nn.Module, folder: Path, pairs: int = 3) -> float:
    """Largest corner difference in pixels between PyTorch and ONNX Runtime, on smooth random frames a few pixels apart."""
    generator = torch.Generator().manual_seed(3)
    canvas = torch.nn.functional.interpolate(torch.rand(pairs, 1, 40, 40, generator=generator), size=(144, 144), mode="bicubic")
    first, second = canvas[:, :, :SIZE, :SIZE].clamp(0, 1), canvas[:, :, 3 : SIZE + 3, 2 : SIZE + 2].clamp(0, 1)
    with torch.no_grad():
        expected = network(first, second)[-1].corners.numpy()
    if isinstance(network, Estimator):
        runtime = OnnxEstimator(folder)
        got = runtime.corners(runtime.encode(first.numpy()), runtime.encode(second.numpy()), network.config.iterations())
    else:
        path = folder / f"{type(network).__name__.lower()}.onnx"
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        got = session.run(None, {"first": first.numpy(), "second": second.numpy()})[0]
    return float(np.abs(got - expected).max())

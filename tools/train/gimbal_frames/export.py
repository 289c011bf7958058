"""ONNX files for the shipped package: convolutions only. Warps, correlations and the blending are the package's own operation."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from torch import Tensor, nn

from gimbal_train.checkpoint import load_checkpoint

from .lite import CONTEXT, MARGIN, RADII, WIDTHS, Lite

OPSET = 16


class _Decoder(nn.Module):
    def __init__(self, decoder: nn.Module) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, seen: Tensor) -> Tensor:
        return torch.cat(self.decoder(seen), 1)


def network_of(checkpoint: Path) -> Lite:
    """The averaged network of a checkpoint, in evaluation mode on the CPU."""
    network = Lite()
    network.load_state_dict(load_checkpoint(checkpoint)["network"])
    return network.eval()


def _write(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], path: Path) -> None:
    axes = {name: {2: f"{name}_rows", 3: f"{name}_columns"} for name in [*inputs, *outputs]}
    axes["half"] = {0: "pictures", **axes.get("half", {})}
    torch.onnx.export(
        module,
        tuple(inputs.values()),
        str(path),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes={k: v for k, v in axes.items() if k in inputs or k in outputs},
        opset_version=OPSET,
        do_constant_folding=True,
        **({"dynamo": False} if torch.__version__ >= "2" else {}),
    )


def export(checkpoint: Path, to: Path) -> None:
    """Writes encoder, decoders and synthesis, and `weights.json` with the numbers that the package needs and a hash of each file."""
    network = network_of(checkpoint)
    to.mkdir(parents=True, exist_ok=True)
    a, b, c = WIDTHS
    _write(network.encoder, {"half": torch.rand(2, 6, 64, 96)}, ["s4", "s8", "s16"], to / "encoder.onnx")
    for stride, decoder, width, radius in ((16, network.at16, c, RADII[2]), (8, network.at8, b, RADII[1]), (4, network.at4, a, RADII[0])):
        channels = (2 * radius + 1) ** 2 + 2 * width + (4 + CONTEXT if stride < 16 else 0)
        _write(_Decoder(decoder), {"seen": torch.rand(1, channels, 12, 20)}, ["said"], to / f"motion{stride}.onnx")
    fetched = {"fetched": torch.rand(1, 19, 64, 96), "context": torch.rand(1, CONTEXT, 32, 48)}
    _write(network.synthesis, fetched, ["said"], to / "synthesis.onnx")
    files = sorted(to.glob("*.onnx"))
    record = {
        "model": "lite",
        "parameters": sum(p.numel() for p in network.parameters()),
        "widths": WIDTHS,
        "radii": RADII,
        "context": CONTEXT,
        "margin": MARGIN,
        "files": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files},
    }
    (to / "weights.json").write_text(json.dumps(record, indent=2) + "\n")

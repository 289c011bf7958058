"""Our network as a plan for the engine of @gimbal/nn: what is computed in which order (JSON), beside its weights (safetensors).

A plan names tensors (rows, columns, channels; the batch is implied) and lists operations by program. `plan_reference.py` says what
each operation means. Nothing of a plan knows about devices or number formats.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .encoder import Residual
from .estimator import REACH, Estimator, Refiner
from .geometry import EXTENT, SIZE
from .heads import PooledHead, WlsHead
from .mixing import HEADS, CellMixer

FORMAT = "gimbal-nn 1"
MOST_STEPS = 32
"""Refinement steps that the record of a pair has room for."""
STATE = 16
"""Numbers of a pair's refinement state: eight corners, stride that is settled, finished, expected error, early exit, its tolerance."""

Op = dict[str, Any]


class Plan:
    """A plan being written: operations of programs, and the weights that they name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tensors: dict[str, Op] = {}
        self.programs: dict[str, list[Op]] = {}
        self.weights: dict[str, Tensor] = {}
        self.modules: dict[str, tuple[str, bool]] = {}
        """Tensors whose value a module of the network puts out, and whether ReLU follows: what `plan_reference` compares."""
        self._ops: list[Op] = []

    def program(self, name: str) -> None:
        self._ops = self.programs[name] = []

    def tensor(self, name: str, kind: str, shape: list[int], **more: Any) -> None:
        self.tensors[name] = {"kind": kind, "shape": shape, **more}

    def add(self, op: str, **fields: Any) -> str:
        self._ops.append({"op": op, **{k: v for k, v in fields.items() if v is not None}})
        out: str = fields["out"]
        return out

    def weight(self, name: str, value: Tensor | None) -> str | None:
        if value is None:
            return None
        self.weights[name] = value.detach().float().cpu().contiguous()
        return name

    def conv(self, out: str, source: str, conv: nn.Conv2d, key: str, norm: nn.Module | None = None, **more: Any) -> str:
        """A convolution with what follows it: normalisation, a tensor that is added, activation."""
        fields: Op = {"in": source, "weight": self.weight(f"{key}.weight", conv.weight)}
        fields["bias"] = self.weight(f"{key}.bias", conv.bias)
        for name, value, usual in (("stride", conv.stride, 1), ("pad", conv.padding, 0), ("dilation", conv.dilation, 1)):
            assert isinstance(value, tuple)
            if any(v != usual for v in value):
                fields[name] = list(value)
        if isinstance(norm, nn.InstanceNorm2d):
            fields["norm"] = {"groups": conv.out_channels, "eps": norm.eps}
            if norm.affine:
                fields["norm"] |= self._scales(norm, key)
        elif isinstance(norm, nn.GroupNorm):
            fields["norm"] = {"groups": norm.num_groups, "eps": norm.eps, **self._scales(norm, key)}
        elif norm is not None:
            raise ValueError(f"the engine has no {type(norm).__name__}; it has instance and group normalisation")
        return self.add("conv", out=out, **fields, **more)

    def _scales(self, norm: Any, key: str) -> Op:
        return {"weight": self.weight(f"{key}.norm.weight", norm.weight), "bias": self.weight(f"{key}.norm.bias", norm.bias)}

    def write(self, folder: Path) -> None:
        """`NAME.plan.json` and `NAME.safetensors`."""
        folder.mkdir(parents=True, exist_ok=True)
        record = {"format": FORMAT, "name": self.name, "tensors": self.tensors, "programs": self.programs}
        (folder / f"{self.name}.plan.json").write_text(json.dumps(record, indent=1) + "\n")
        write_safetensors(folder / f"{self.name}.safetensors", self.weights)


def write_safetensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """The format of the library of that name: eight bytes of length, a JSON header, then the numbers; float32 alone."""
    header: dict[str, Any] = {}
    at = 0
    for name, value in tensors.items():
        size = value.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.numpy().astype("<f4").tobytes())


def plan_of(network: Estimator) -> Plan:
    """The programs of our network. `encode` fills the features of frames (`f8`, `f4`, ... by `slot`); for a pair (`previous`,
    `current`: slots) `prepareS` computes what all steps at stride S share, and `stepS` refines `state` once."""
    config = network.config
    plan = Plan("ihn")
    strides = [stride for stride, _ in config.iterations()]
    plan.tensor("gray", "input", [SIZE, SIZE, 1], type="float32")
    for name in ("slot", "previous", "current"):
        plan.tensor(name, "index", [])
    plan.tensor("state", "state", [STATE], type="float32")
    plan.tensor("record", "output", [MOST_STEPS, 9], type="float32")
    for stride in strides:
        cells = SIZE // stride
        plan.tensor(f"f{stride}", "cache", [cells, cells, getattr(config, f"c{stride}")])
        plan.tensor(f"inliers{stride}", "output", [cells, cells], type="float32")
    _encoder(plan, network)
    for stride in strides:
        refiner = network.refiners[str(stride)]
        assert isinstance(refiner, Refiner)
        _refiner(plan, refiner)
    return plan


def _encoder(plan: Plan, network: Estimator) -> None:
    encoder = network.encoder
    plan.program("encode")

    def residual(out: str, source: str, block: Residual, key: str) -> str:
        first = plan.conv(f"{out}.first", source, block.first, f"{key}.first", block.first_norm, activation="relu")
        second = plan.conv(f"{out}.second", first, block.second, f"{key}.second", block.second_norm)
        plan.modules[first] = (f"{key}.first_norm", True)
        plan.modules[second] = (f"{key}.second_norm", False)
        plan.modules[out] = (key, False)
        if isinstance(block.shortcut, nn.Conv2d):
            return plan.conv(out, source, block.shortcut, f"{key}.shortcut", residual=second, activation="relu")
        return plan.add("add", out=out, a=source, b=second, activation="relu")

    signed = [2.0, -1.0]
    stem = plan.conv("stem", "gray", encoder.stem, "encoder.stem", encoder.stem_norm, activation="relu", scale=signed)
    plan.modules[stem] = ("encoder.stem_norm", True)
    at2 = residual("at2", stem, encoder.stage2, "encoder.stage2")
    at4 = at2
    for i, block in enumerate(encoder.stage4):
        assert isinstance(block, Residual)
        at4 = residual(f"at4.{i}", at4, block, f"encoder.stage4.{i}")
    at8 = at4
    for i, block in enumerate(encoder.stage8):
        assert isinstance(block, Residual)
        at8 = residual(f"at8.{i}", at8, block, f"encoder.stage8.{i}")
    if encoder.lift2 is not None:
        lifted = plan.conv("lift2", at4, encoder.lift2, "encoder.lift2")
        at2 = plan.add("shuffle", out="at2.lifted", **{"in": lifted}, factor=2, residual=at2)
    for stride, source, head in ((8, at8, encoder.out8), (4, at4, encoder.out4), (2, at2, encoder.out2)):
        plan.conv(f"f{stride}[slot]", source, head, f"encoder.out{stride}")
        plan.modules[f"f{stride}"] = (f"encoder.out{stride}", False)
    if encoder.fine is not None:
        first, norm, _, second = encoder.fine
        assert isinstance(first, nn.Conv2d) and isinstance(second, nn.Conv2d)
        fine = plan.conv("fine", "gray", first, "encoder.fine.0", norm, activation="relu", scale=signed)
        plan.modules[fine] = ("encoder.fine.1", True)
        fine = plan.conv("fine.out", fine, second, "encoder.fine.3")
        plan.modules[fine] = ("encoder.fine.3", False)
        if encoder.lift1 is not None:
            lifted = plan.conv("lift1", at2, encoder.lift1, "encoder.lift1")
            plan.add("shuffle", out="f1[slot]", **{"in": lifted}, factor=2, residual=fine)
        else:
            plan.add("add", out="f1[slot]", a=fine)


def _refiner(plan: Plan, refiner: Refiner) -> None:
    stride, head = refiner.stride, refiner.head
    key, when = f"refine{stride}", {"state": "state", "stride": stride}
    a, b = f"f{stride}[previous]", f"f{stride}[current]"
    module = f"refiners.{stride}.head"
    plan.program(f"prepare{stride}")
    context: str | None = None
    if head.context is not None if isinstance(head, WlsHead) else head.mixer is not None:
        assert isinstance(head.context, nn.Conv2d)
        context = plan.conv(f"{key}.context", a, head.context, f"{key}.context")
        plan.modules[context] = (f"{module}.context", False)
    plan.program(f"step{stride}")
    geometry = {"state": "state", "stride": stride, "extent": EXTENT}
    window = f"{key}.window"
    if isinstance(head, PooledHead):
        enter = head.enter
        if head.mixer is not None:
            # Which cells leave the second frame is one more channel of the window.
            enter = nn.Conv2d(head.enter.in_channels + 1, head.enter.out_channels, 1)
            enter.weight = nn.Parameter(torch.cat([head.enter.weight, head.outside.weight], 1))
            enter.bias = head.enter.bias
        plan.add(
            "correlate", out=window, a=a, b=b, radius=refiner.radius, geometry=geometry,
            outside=head.mixer is not None, when=when,
        )  # fmt: skip
        x = plan.conv(f"{key}.enter", window, enter, f"{key}.enter", residual=context, when=when)
        _pooled(plan, head, key, x, when, geometry)
        return
    plan.add(
        "correlate", out=window, a=a, b=b, radius=refiner.radius, geometry=geometry,
        peak=f"{key}.peak" if head.softargmax else None, sharpness=float(head.sharpness) if head.softargmax else None, when=when,
    )  # fmt: skip
    x = plan.conv(f"{key}.enter", window, head.enter, f"{key}.enter", residual=context, activation="relu", when=when)
    for i, block in enumerate(head.blocks):
        assert isinstance(block, nn.Sequential) and isinstance(block[0], nn.Conv2d)
        y = plan.conv(f"{key}.conv{i}", x, block[0], f"{key}.conv{i}", block[1], when=when)
        plan.modules[y] = (f"{module}.blocks.{i}", False)
        x = plan.add("add", out=f"{key}.block{i}", a=x, b=y, activation="relu", when=when)
    y = plan.conv(f"{key}.leave", x, head.leave, f"{key}.leave", type="float32", when=when)
    plan.modules[y] = (f"{module}.leave", False)
    if head.reweight:
        raise ValueError("the engine solves once; export a network without `reweight`")
    solve = head.solve
    plan.add(
        "solve", out="record", **{"in": y}, peak=f"{key}.peak" if head.softargmax else None,
        inliers=f"inliers{stride}", powers=plan.weight(f"{key}.powers", solve.powers), normal=plan.weight(f"{key}.normal", solve.normal),
        right=plan.weight(f"{key}.right", solve.right), spread=_linears(plan, f"{key}.spread", head.spread), reach=REACH,
        geometry=geometry, when=when,
    )  # fmt: skip


def _linears(plan: Plan, key: str, layers: nn.Sequential) -> list[str | None]:
    first, _, second = layers
    names = (("0.weight", first.weight), ("0.bias", first.bias), ("2.weight", second.weight), ("2.bias", second.bias))
    return [plan.weight(f"{key}.{name}", value) for name, value in names]


def _pooled(plan: Plan, head: PooledHead, key: str, x: str, when: Op, geometry: Op) -> None:
    stride = head.stride
    module = f"refiners.{stride}.head"
    fine = ""
    motion: str | None = None
    mixed: str | None = None
    count = 0
    for i, block in enumerate(head.blocks):
        if isinstance(block, nn.MaxPool2d):
            x = plan.add("pool", out=f"{key}.pool{i}", **{"in": x}, when=when)
        else:
            assert isinstance(block, nn.Sequential) and isinstance(block[0], nn.Conv2d)
            x = plan.conv(f"{key}.conv{i}", x, block[0], f"{key}.conv{i}", block[1], activation="relu", when=when)
            plan.modules[x] = (f"{module}.blocks.{i}", False)
            fine = fine or x
        count += 1
        if count == 2 and head.mixer is not None:
            x = plan.conv(f"{key}.gather", fine, head.gather, f"{key}.gather", residual=x, when=when)
            x = _attention(plan, head.mixer, key, x, when)
            motion = f"{key}.motion"
            mixed = plan.conv(f"{key}.mixed", x, head.map_mixed, f"{key}.mixed", type="float32", when=when)
            plan.modules[mixed] = (f"{module}.map_mixed", False)
    logits = plan.conv(f"{key}.map", fine, head.map, f"{key}.map", type="float32", when=when)
    plan.modules[logits] = (f"{module}.map", False)
    plan.add(
        "corners", out="record", **{"in": x}, weight=plan.weight(f"{key}.leave.weight", head.leave.weight[:, :, 0, 0]),
        bias=plan.weight(f"{key}.leave.bias", head.leave.bias), motion=motion, map=logits, mixed=mixed,
        inliers=f"inliers{stride}", spread=[plan.weight(f"{key}.spread.weight", head.spread.weight), plan.weight(f"{key}.spread.bias", head.spread.bias)],
        reach=REACH, geometry=geometry, when=when,
    )  # fmt: skip


def _attention(plan: Plan, mixer: CellMixer, key: str, x: str, when: Op) -> str:
    layers = []
    for i, layer in enumerate(mixer.layers):
        parts: dict[str, Any] = {}
        for name in ("norm", "qkv", "leave", "norm2", "widen", "narrow"):
            part = getattr(layer, name)
            parts[name] = [plan.weight(f"{key}.layer{i}.{name}.{end}", getattr(part, end)) for end in ("weight", "bias")]
        layers.append(parts)
    plan.modules[f"{key}.motion"] = (f"refiners.{8}.head.mixer.motion", False)
    return plan.add(
        "attention", out=f"{key}.attended", **{"in": x}, heads=HEADS, layers=layers, place=plan.weight(f"{key}.place", mixer.place[0]),
        tokens=plan.weight(f"{key}.tokens", mixer.corners[0]), motion=f"{key}.motion",
        leave=[plan.weight(f"{key}.motion.{end}", getattr(mixer.motion, end)) for end in ("weight", "bias")], when=when,
    )  # fmt: skip


def read_onnx_weights(folder: Path) -> dict[str, Tensor]:
    """The state of our network from its ONNX files, for where the checkpoint is not at hand. The exporter keeps most names; the
    transposed matrices of linear layers and the scales of normalisations are told by what uses them."""
    import onnx

    state: dict[str, Tensor] = {}

    def read(file: str, prefix: str) -> None:
        graph = onnx.load(folder / file).graph
        values = {w.name: torch.from_numpy(np.array(onnx.numpy_helper.to_array(w))) for w in graph.initializer}
        users: dict[str, list[Any]] = {}
        for node in graph.node:
            for name in node.input:
                users.setdefault(name, []).append(node)
        norms: list[tuple[Tensor, Tensor]] = []
        for node in graph.node:
            if node.op_type == "MatMul" and node.input[1] in values:
                bias = [n for u in users[node.output[0]] if u.op_type == "Add" for n in u.input if n.endswith(".bias")]
                if bias:
                    state[bias[0].replace("refiner.", prefix).removesuffix("bias") + "weight"] = values[node.input[1]].t().contiguous()
            if node.op_type == "Mul" and (scale := [n for n in node.input if n in values and values[n].dim() == 3 and len(values[n]) > 1]):
                shift = [n for u in users[node.output[0]] if u.op_type == "Add" for n in u.input if n in values]
                norms.append((values[scale[0]].flatten(), values[shift[0]].flatten()))
        blocks = sorted({n.split(".blocks.")[1].split(".")[0] for n in values if ".blocks." in n}, key=int)
        for block, (scale_of, shift_of) in zip(blocks, norms, strict=True):
            state[f"{prefix}head.blocks.{block}.1.weight"], state[f"{prefix}head.blocks.{block}.1.bias"] = scale_of, shift_of
        for name, value in values.items():
            if name.startswith(("encoder.", "refiner.")):
                state[name.replace("refiner.", prefix)] = value

    read("encoder.onnx", "")
    for path in folder.glob("refine*.onnx"):
        read(path.name, f"refiners.{path.stem.removeprefix('refine')}.")
    return state

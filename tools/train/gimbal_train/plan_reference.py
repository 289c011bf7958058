"""What a plan means, in PyTorch, one operation after the other; and whether it computes what the network computes, layer by layer."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .correlation import shifted_correlation
from .estimator import Estimator
from .geometry import SIZE, corner_points, homography_from_quad, project, project_points
from .plan import MOST_STEPS, STATE, Op, Plan, plan_of, read_onnx_weights
from .solve import solve_spd


class Reference:
    """Runs programs of a plan in float32 on the CPU. Tensors are kept as (batch, channels, rows, columns)."""

    def __init__(self, plan: Plan, slots: int, pairs: int) -> None:
        self.plan = plan
        self.values: dict[str, Tensor] = {}
        for name, spec in plan.tensors.items():
            if spec["kind"] == "cache":
                rows, columns, channels = spec["shape"]
                self.values[name] = torch.zeros(slots, channels, rows, columns)
        self.values["state"] = torch.zeros(pairs, STATE)
        self.values["record"] = torch.zeros(pairs, MOST_STEPS, 9)
        self.step = 0

    def run(self, program: str) -> None:
        for op in self.plan.programs[program]:
            getattr(self, op["op"])(op)

    def _get(self, name: str) -> Tensor:
        base, _, index = name.partition("[")
        value = self.values[base]
        return value[self.values[index[:-1]].long()] if index else value

    def _put(self, name: str, value: Tensor) -> None:
        base, _, index = name.partition("[")
        if index:
            self.values[base][self.values[index[:-1]].long()] = value
        else:
            self.values[base] = value

    def _weight(self, name: str | None) -> Tensor | None:
        return None if name is None else self.plan.weights[name]

    def _need(self, name: str) -> Tensor:
        return self.plan.weights[name]

    def _finish(self, op: Op, y: Tensor) -> None:
        if "residual" in op:
            y = y + self._get(op["residual"])
        if op.get("activation") == "relu":
            y = F.relu(y)
        self._put(op["out"], y)

    def conv(self, op: Op) -> None:
        x = self._get(op["in"])
        if "scale" in op:
            x = x * op["scale"][0] + op["scale"][1]
        stride, pad, dilation = (tuple(op.get(k, [d, d])) for k, d in (("stride", 1), ("pad", 0), ("dilation", 1)))
        y = F.conv2d(x, self._need(op["weight"]), self._weight(op.get("bias")), stride, pad, dilation)
        if (norm := op.get("norm")) is not None:
            y = F.group_norm(y, norm["groups"], self._weight(norm.get("weight")), self._weight(norm.get("bias")), norm["eps"])
        self._finish(op, y)

    def add(self, op: Op) -> None:
        y = self._get(op["a"])
        if "b" in op:
            y = y + self._get(op["b"])
        self._finish(op, y)

    def shuffle(self, op: Op) -> None:
        self._finish(op, F.pixel_shuffle(self._get(op["in"]), op["factor"]))

    def pool(self, op: Op) -> None:
        self._put(op["out"], F.max_pool2d(self._get(op["in"]), 2))

    def correlate(self, op: Op) -> None:
        a, b, stride, extent = self._get(op["a"]), self._get(op["b"]), op["geometry"]["stride"], op["geometry"]["extent"]
        cells = a.shape[-1]
        h = homography_from_quad(corner_points() + self.values["state"][:, :8].view(-1, 4, 2))
        along = torch.arange(cells, dtype=torch.float32) * (stride / extent)
        x, y = project(h.unsqueeze(-1), along[None, None, :], along[None, :, None])
        inside = ((x > -0.5) & (x < extent + 0.5) & (y > -0.5) & (y < extent + 0.5)).float()
        grid = torch.stack([x, y], -1) * (2 / (stride * (cells - 1))) - 1
        warped = F.grid_sample(b, grid, mode="bilinear", padding_mode="border", align_corners=True)
        window = shifted_correlation(a, warped, op["radius"])
        self.values["inside"] = inside.unsqueeze(1)
        if "peak" in op:
            r = op["radius"]
            t = torch.arange(-r, r + 1, dtype=torch.float32)
            oy, ox = torch.meshgrid(t, t, indexing="ij")
            share = torch.softmax(window * op["sharpness"], 1)
            self._put(op["peak"], torch.stack([(share * o.reshape(1, -1, 1, 1)).sum(1) for o in (ox, oy)], 1))
        self._put(op["out"], torch.cat([window, 1 - inside.unsqueeze(1)], 1) if op.get("outside") else window)

    def attention(self, op: Op) -> None:
        x = self._get(op["in"])
        n, width, rows, columns = x.shape
        cells = x.flatten(2).transpose(1, 2)
        tokens = torch.cat([cells + self._need(op["place"]), self._need(op["tokens"]).expand(n, -1, -1)], 1)
        start, heads = tokens, op["heads"]

        def linear(v: Tensor, names: list[str]) -> Tensor:
            return F.linear(v, self._need(names[0]), self._need(names[1]))

        for layer in op["layers"]:
            normed = F.layer_norm(tokens, [width], *(self._need(k) for k in layer["norm"]))
            q, k, v = linear(normed, layer["qkv"]).view(n, -1, 3, heads, width // heads).permute(2, 0, 3, 1, 4).unbind(0)
            share = torch.softmax((q * (width // heads) ** -0.5) @ k.transpose(2, 3), -1)
            tokens = tokens + linear((share @ v).transpose(1, 2).reshape(n, -1, width), layer["leave"])
            normed = F.layer_norm(tokens, [width], *(self._need(k) for k in layer["norm2"]))
            tokens = tokens + linear(F.relu(linear(normed, layer["widen"])), layer["narrow"])
        extra = self._need(op["tokens"]).shape[0]
        added = (tokens - start)[:, :-extra].transpose(1, 2).reshape(n, width, rows, columns)
        self._put(op["out"], x + added)
        self._put(op["motion"], linear(tokens[:, -extra:], op["leave"]))

    def _update(self, op: Op, motion: Tensor, spread: Tensor) -> None:
        state = self.values["state"]
        h = homography_from_quad(corner_points() + state[:, :8].view(-1, 4, 2))
        moved = project_points(h, corner_points() + motion)
        refined = (moved - corner_points()).clamp(-op["reach"], op["reach"]).flatten(1)
        state[:, :8], state[:, 10] = refined, spread
        self.values["record"][:, self.step, :8], self.values["record"][:, self.step, 8] = refined, spread
        self.step += 1

    def corners(self, op: Op) -> None:
        x = self._get(op["in"])
        corners = (torch.einsum("nchw,oc->nohw", x, self._need(op["weight"])) + self._need(op["bias"]).view(1, 2, 1, 1)).flatten(2)
        corners = corners.transpose(1, 2)
        logits = self._get(op["map"])
        if "motion" in op:
            corners = corners + self._get(op["motion"])
            logits = logits + F.pixel_shuffle(self._get(op["mixed"]), 2)
        spread = F.linear(x.mean((2, 3)), self._need(op["spread"][0]), self._need(op["spread"][1])).squeeze(-1)
        self._put(op["inliers"], torch.sigmoid(logits) * self.values["inside"])
        self._update(op, corners * op["geometry"]["stride"], torch.exp(spread.clamp(-6.9, 4.6)))

    def solve(self, op: Op) -> None:
        out, inside, stride = self._get(op["in"]), self.values["inside"][:, 0], op["geometry"]["stride"]
        flow = out[:, :2]
        if "peak" in op:
            flow = flow + self._get(op["peak"])
        dx, dy = (flow * stride).unbind(1)
        present = torch.sigmoid(out[:, 5]) * inside
        l11, l21, l22 = F.softplus(out[:, 2]), out[:, 3], F.softplus(out[:, 4])
        xx, xy, yy = present * l11 * l11, present * l11 * l21, present * (l21 * l21 + l22 * l22)
        powers, normal, right = (self._need(op[k]) for k in ("powers", "normal", "right"))
        maps = torch.stack([xx, xy, yy, xx * dx + xy * dy, xy * dx + yy * dy], 1)
        moments = powers.t() @ (maps @ powers)
        system = (moments[:, :3].flatten(1) @ normal).view(-1, 8, 8)
        b = moments[:, 3:].flatten(1) @ right
        motion, inverse = solve_spd(system + 1e-4 * torch.eye(8), b)
        # What the solution leaves of the weighted flow, by expanding the square: no second look at the cells.
        energy = (xx * dx * dx + 2 * xy * dx * dy + yy * dy * dy).mean((1, 2))
        cost = energy - 2 * (motion * b).sum(1) + torch.einsum("na,nab,nb->n", motion, system, motion)
        variance = inverse.diagonal(dim1=1, dim2=2).sum(1)
        terms = (variance, cost, (motion * motion).mean(1), present.mean((1, 2)))
        logs = torch.stack([torch.log(t.clamp(min=1e-8)) for t in terms], 1) * 0.25
        w0, b0, w1, b1 = (self._need(k) for k in op["spread"])
        spread = F.linear(F.relu(F.linear(logs, w0, b0)), w1, b1).squeeze(-1)
        self._put(op["inliers"], present.unsqueeze(1))
        self._update(op, motion.view(-1, 4, 2), torch.exp(spread.clamp(-6.9, 4.6)))


def compare_with_plan(network: Estimator, plan: Plan, pairs: int = 3) -> dict[str, float]:
    """Largest relative difference (of norms) between the network and its plan, by tensor, on smooth random frames that a few pixels
    lie between; `corners` and `spread` after every step are in pixels."""
    generator = torch.Generator().manual_seed(5)
    canvas = F.interpolate(torch.rand(pairs, 1, 40, 40, generator=generator), size=(144, 144), mode="bicubic").clamp(0, 1)
    first, second = canvas[:, :, :SIZE, :SIZE], canvas[:, :, 3 : SIZE + 3, 2 : SIZE + 2]
    caught: dict[str, Any] = {}
    handles = []
    for name, module in network.named_modules():
        def catch(_m: Any, _i: Any, output: Any, name: str = name) -> None:
            caught.setdefault(name, []).append(output)

        handles.append(module.register_forward_hook(catch))
    with torch.no_grad():
        steps = network(first, second)
        for handle in handles:
            handle.remove()
        reference = Reference(plan, 2 * pairs, pairs)
        reference.values |= {"gray": torch.cat([first, second]), "slot": torch.arange(2 * pairs)}
        reference.values |= {"previous": torch.arange(pairs), "current": torch.arange(pairs, 2 * pairs)}
        reference.run("encode")
        for stride, count in network.config.iterations():
            reference.run(f"prepare{stride}")
            for _ in range(count):
                reference.run(f"step{stride}")
    differences: dict[str, float] = {}
    for tensor, (module_name, relu) in plan.modules.items():
        expected = caught[module_name][-1]
        expected = F.relu(expected) if relu else expected
        got = reference.values[tensor]
        got = got.reshape(expected.shape) if expected.dim() != got.dim() else got
        differences[tensor] = float((got - expected).norm() / expected.norm().clamp(min=1e-12))
    for i, step in enumerate(steps):
        record = reference.values["record"][:, i]
        differences[f"corners after step {i}"] = float((record[:, :8] - step.corners.flatten(1)).abs().max())
        assert step.spread is not None
        differences[f"spread after step {i}"] = float((record[:, 8] / step.spread - 1).abs().max())
    return differences


MOST = {"corners": 1e-3, "spread": 1e-3}
"""Largest differences of a plan: pixels of corners, relative of the expected error and of all features."""


def export_plan(network: Estimator, folder: Path) -> list[str]:
    """Writes the plan of a network for @gimbal/nn once every layer of it agrees with the network; returns the files' names."""
    plan = plan_of(network)
    differences = compare_with_plan(network, plan)
    wrong = {name: value for name, value in differences.items() if not value < MOST.get(name.split(" ")[0], 1e-3)}
    if wrong:
        raise ValueError(f"the plan does not compute what the network does: {wrong}")
    plan.write(folder)
    return [f"{plan.name}.plan.json", f"{plan.name}.safetensors"]


def add_plan(folder: Path) -> dict[str, float]:
    """Puts the plan beside ONNX files that were exported before, made of their own numbers, and into their record."""
    from .config import recipe
    from .models import build

    network = build(recipe("ours")[0])
    assert isinstance(network, Estimator)
    own = network.state_dict()
    network.load_state_dict({**own, **{k: v for k, v in read_onnx_weights(folder).items() if k in own}})
    names = export_plan(network.eval(), folder)
    path = folder / "weights.json"
    record = json.loads(path.read_text())
    for name in names:
        data = (folder / name).read_bytes()
        record["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    path.write_text(json.dumps(record, indent=2) + "\n")
    return compare_with_plan(network, plan_of(network))

"""Layered motion made on the device: exact frames at any time, and exact flows of the middle moment.

A layer lies still at the middle moment (sigma = t - 1/2 = 0), where its own plane coordinates are the screen's. At sigma it is moved by
a scaling, a turn and a shift with acceleration, and its texture slides under it by sigma times a smooth elastic field.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .lite import Picture
from .photos import CANVAS
from .sampling import pixel_grid, sample

LAYERS = 4
"""The background and three things before it."""
BLURRED = 4
"""One in so many samples has motion blur, averaged from three moments."""


@dataclass(frozen=True)
class Scene:
    """A batch of made triplets. `first_flow`, `second_flow` (B, 2, N, N): from the middle moment into both frames, luma pixels."""

    first: Picture
    target: Picture
    second: Picture
    t: Tensor
    first_flow: Tensor
    second_flow: Tensor


class SceneGenerator:
    """Draws scenes of `size` pixels square from photos (P, 3, 256, 400) uint8."""

    def __init__(self, photos: Tensor, batch: int, size: int) -> None:
        self.photos, self.batch, self.size = photos, batch, size
        self.device = photos.device
        self.grid = pixel_grid(size, size, self.device)
        self.middle = (size - 1) / 2

    def _u(self, low: float, high: float, *more: int) -> Tensor:
        shape = more or (1, 1, 1)
        return torch.rand(self.batch, *shape, device=self.device) * (high - low) + low

    def _step(self, low: float, high: float) -> Tensor:
        """(B, 2, 1, 1): a shift of log-uniform length in any direction."""
        length = torch.exp(self._u(math.log(low), math.log(high)))
        angle = self._u(0, 2 * math.pi)
        return torch.cat([length * angle.cos(), length * angle.sin()], 1)

    def draw(self) -> Scene:
        """One batch."""
        b, size = self.batch, self.size
        half = self._u(0, 1, 1).view(-1) < 0.5
        t = torch.where(half, torch.full((b,), 0.5, device=self.device), self._u(0.1, 0.9, 1).view(-1))
        layers = [self._layer(i) for i in range(LAYERS)]
        overlay = self._overlay()
        exposure = self._u(0.2, 0.8).view(-1)
        moments = torch.stack([torch.zeros_like(t), t, torch.ones_like(t)], 1) - 0.5
        sharp = self._render(layers, overlay, moments, slice(b // BLURRED, b))
        parts = slice(0, b // BLURRED)
        if b // BLURRED > 0:
            around = torch.cat([moments[parts] + k * exposure[parts, None] / 3 for k in (-1, 0, 1)], 1)
            smeared = self._render(layers, overlay, around, parts).view(b // BLURRED, 3, 3, 3, size, size).mean(1)
            frames = torch.cat([smeared, sharp])
        else:
            frames = sharp
        gain = torch.cat([self._u(0.92, 1.08), self._u(0.92, 1.08)], 1)
        gain = torch.where(self._u(0, 1) < 0.2, gain, torch.ones_like(gain)).view(-1, 2)
        bright = torch.stack([gain[:, 0], gain[:, 0] * (1 - t) + gain[:, 1] * t, gain[:, 1]], 1).view(-1, 3, 1, 1, 1)
        frames = torch.cat([frames[:, :, :1] * bright, frames[:, :, 1:]], 2)
        noise = torch.where(self._u(0, 1) < 0.4, self._u(0, 4), torch.zeros(b, 1, 1, 1, device=self.device)).view(-1, 1, 1, 1, 1)
        frames = frames + torch.randn_like(frames) * noise
        frames = frames.round().clamp(0, 255) / 255 - 0.5
        pictures = [Picture(frames[:, i, :1], F.avg_pool2d(frames[:, i, 1:], 2)) for i in range(3)]
        first_flow, second_flow = self._flows(layers, overlay)
        return Scene(pictures[0], pictures[1], pictures[2], t, first_flow, second_flow)

    def _layer(self, index: int) -> dict[str, Tensor]:
        size, b = self.size, self.batch
        # Of the background most is the camera's, which is nearly taken out for six in ten.
        shift = torch.where(self._u(0, 1) < 0.6, self._step(0.3, 4.0), self._step(1.0, size / 3.5)) if index == 0 else self._step(0.5, size / 3)
        calm = (self._u(0, 1) < (0.6 if index == 0 else 0.3)).float()
        scale = 1 - 0.6 * calm
        bend = self._step(0.05, 0.5) * shift.norm(dim=1, keepdim=True)
        field = torch.randn(b, 2, 5, 5, device=self.device) * self._u(0, 4) * scale
        layer = {
            "shift": shift,
            "bend": bend * (self._u(0, 1) < 0.6).float(),
            "grow": self._u(-0.25, 0.25) * scale * (1.0 if index else 0.6),
            "turn": self._u(-0.4, 0.4) * scale * (1.0 if index else 0.4),
            "field": F.interpolate(field, (size, size), mode="bicubic", align_corners=True),
            "texture": (self._u(0, 1, 1).view(-1) * self.photos.shape[0]).long().clamp(max=self.photos.shape[0] - 1),
            "zoom": self._u(0.9, 1.45) if index == 0 else self._u(0.8, 1.6),
            "tilt": self._u(-0.35, 0.35) + (math.pi * (self._u(0, 1) < 0.5).float()),
            "mirror": torch.where(self._u(0, 1) < 0.5, 1.0, -1.0),
            "at": torch.cat([self._u(120, CANVAS[1] - 120), self._u(100, CANVAS[0] - 100)], 1),
        }
        if index:
            layer |= {
                "here": (self._u(0, 1) < (0.8, 0.5, 0.35)[index - 1]).float() * torch.where(self._u(0, 1) < 0.08, self._u(0.35, 0.7), torch.ones(b, 1, 1, 1, device=self.device)),
                "centre": torch.cat([self._u(0, size), self._u(0, size)], 1),
                "long": self._u(0.06, 0.32) * size,
                "wide": self._u(0.05, 0.3) * size,
                "power": self._u(1.0, 5.0),
                "slant": self._u(0, math.pi),
                "kind": self._u(0, 1),
                "period": self._u(8, 44),
                "bar": self._u(1.5, 7),
                "waves": torch.rand(b, 3, 3, 1, device=self.device),
                "rim": self._u(0.6, 3.0),
            }
        return layer

    def _overlay(self) -> dict[str, Tensor]:
        """A patch of little blocks like print, or a whole bar of it, that keeps its place on the screen. Where the camera was taken
        out, the screen itself moves."""
        b, size = self.batch, self.size
        cells = (torch.rand(b, 1, 40, 110, device=self.device) < self._u(0.3, 0.6)).float()
        rows = (torch.arange(40, device=self.device) % 8 < 6).float().view(1, 1, -1, 1)
        return {
            "here": (self._u(0, 1) < 0.4).float(),
            "move": torch.where(self._u(0, 1) < 0.6, torch.zeros(b, 2, 1, 1, device=self.device), self._step(0.5, size / 5)),
            "cells": cells * rows,
            "cell": self._u(1.0, 3.5),
            "left": self._u(-0.2, 0.8) * size,
            "top": self._u(-0.1, 0.95) * size,
            "width": self._u(0.15, 1.2) * size,
            "height": self._u(0.06, 0.3) * size,
            "ink": torch.cat([self._u(0, 255), self._u(108, 148), self._u(108, 148)], 1),
            "box": torch.where(self._u(0, 1) < 0.4, self._u(0.4, 1.0), torch.zeros(b, 1, 1, 1, device=self.device)),
            "paper": torch.cat([self._u(0, 255), self._u(118, 138), self._u(118, 138)], 1),
        }

    def _centre(self, layer: dict[str, Tensor], s: Tensor) -> Tensor:
        return layer["shift"] * s + layer["bend"] * (s * s)

    def _inverse(self, layer: dict[str, Tensor], x: Tensor, s: Tensor) -> Tensor:
        """Plane coordinates of the screen points `x` at sigma `s`."""
        p = x - self.middle - self._centre(layer, s)
        angle, grow = -layer["turn"] * s, 1 / (1 + layer["grow"] * s)
        cos, sin = angle.cos() * grow, angle.sin() * grow
        px, py = p[:, :1], p[:, 1:]
        return torch.cat([px * cos - py * sin, px * sin + py * cos], 1) + self.middle

    def _forward(self, layer: dict[str, Tensor], w: Tensor, s: float) -> Tensor:
        p = w - self.middle
        angle, grow = layer["turn"] * s, 1 + layer["grow"] * s
        cos, sin = angle.cos() * grow, angle.sin() * grow
        px, py = p[:, :1], p[:, 1:]
        shift = layer["shift"] * s + layer["bend"] * (s * s)
        return torch.cat([px * cos - py * sin, px * sin + py * cos], 1) + self.middle + shift

    def _alpha(self, layer: dict[str, Tensor], m: Tensor) -> Tensor:
        """Coverage of the material points: rounded shapes, lumpy ones, fences."""
        p = m - layer["centre"]
        cos, sin = layer["slant"].cos(), layer["slant"].sin()
        x, y = p[:, :1] * cos + p[:, 1:] * sin, p[:, 1:] * cos - p[:, :1] * sin
        a, b = (x / layer["long"]).abs() + 1e-4, (y / layer["wide"]).abs() + 1e-4
        power = layer["power"]
        rho = torch.maximum(a, b) * (1 + (torch.minimum(a, b) / torch.maximum(a, b)) ** power) ** (1 / power)
        lumps = torch.zeros_like(rho)
        for i in range(3):
            k = (layer["waves"][:, i : i + 1, :2] - 0.5) * 0.3
            phase = layer["waves"][:, i : i + 1, 2:] * 2 * math.pi
            lumps = lumps + torch.sin(x * k[:, :, :1] + y * k[:, :, 1:] + phase)
        rho = rho + torch.where(layer["kind"] < 0.45, 0.25 * lumps, torch.zeros_like(lumps))
        inside = (1 - rho) * torch.minimum(layer["long"], layer["wide"])
        bars = layer["bar"] / 2 - (torch.remainder(x, layer["period"]) - layer["period"] / 2).abs()
        wide = (1 - rho) * torch.maximum(layer["long"], layer["wide"])
        inside = torch.where(layer["kind"] > 0.82, torch.minimum(bars, wide), inside)
        return torch.sigmoid(4 * inside / layer["rim"]) * layer["here"]

    def _material(self, layer: dict[str, Tensor], x: Tensor, s: Tensor) -> Tensor:
        w = self._inverse(layer, x, s)
        return w + s * sample(layer["field"], w)

    def _print(self, o: dict[str, Tensor], x: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
        """Coverage and colour of the overlay at the screen points."""
        p = x - o["move"] * s - torch.cat([o["left"], o["top"]], 1)
        px, py = p[:, :1], p[:, 1:]
        soft = [torch.sigmoid(4 * d) for d in (px, o["width"] - px, py, o["height"] - py)]
        box = soft[0] * soft[1] * soft[2] * soft[3]
        ink = sample(o["cells"], (p / o["cell"]) - 0.5).clamp(0, 1)
        cover = box * torch.maximum(ink, o["box"]) * o["here"]
        return cover, o["paper"] + ink * (o["ink"] - o["paper"])

    def _render(self, layers: list[dict[str, Tensor]], overlay: dict[str, Tensor], moments: Tensor, part: slice) -> Tensor:
        """(b, T, 3, N, N) in code values, at the moments sigma (b, T) of the samples `part`."""
        size, count = self.size, moments.shape[1]
        chosen = moments if moments.shape[0] == (part.stop - part.start) else moments[part]
        frames = torch.zeros(chosen.shape[0], count, 3, size, size, device=self.device)
        for index, whole in enumerate(layers):
            layer = {k: v[part] for k, v in whole.items()}
            texture = self.photos[layer["texture"]].float()
            materials = [self._material(layer, self.grid, chosen[:, i].view(-1, 1, 1, 1)) for i in range(count)]
            m = torch.cat(materials, 2)
            p = (m - self.middle) * layer["zoom"]
            px, py = p[:, :1] * layer["mirror"], p[:, 1:]
            cos, sin = layer["tilt"].cos(), layer["tilt"].sin()
            at = torch.cat([px * cos - py * sin, px * sin + py * cos], 1) + layer["at"]
            grid = torch.stack([at[:, 0] * (2 / (CANVAS[1] - 1)) - 1, at[:, 1] * (2 / (CANVAS[0] - 1)) - 1], -1)
            colours = F.grid_sample(texture, grid, padding_mode="reflection", align_corners=True)
            colours = colours.view(-1, 3, count, size, size).transpose(1, 2)
            if index == 0:
                frames = colours
            else:
                alpha = self._alpha(layer, m).view(-1, 1, count, size, size).transpose(1, 2)
                frames = frames + alpha * (colours - frames)
        o = {k: v[part] for k, v in overlay.items()}
        for i in range(count):
            cover, colour = self._print(o, self.grid, chosen[:, i].view(-1, 1, 1, 1))
            frames[:, i] = frames[:, i] + cover * (colour - frames[:, i])
        return frames

    def _flows(self, layers: list[dict[str, Tensor]], overlay: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """At the middle moment plane, material and screen coordinates agree. A point of the plane under the elastic field goes to
        w - sigma e(w), to first order."""
        zero = torch.zeros(self.batch, 1, 1, 1, device=self.device)
        flows = [torch.zeros(self.batch, 2, self.size, self.size, device=self.device) for _ in range(2)]
        for index, layer in enumerate(layers):
            seen = torch.ones_like(flows[0][:, :1]) if index == 0 else (self._alpha(layer, self.grid.expand(self.batch, -1, -1, -1)) > 0.5).float()
            for k, s in enumerate((-0.5, 0.5)):
                there = self._forward(layer, self.grid - s * layer["field"], s) - self.grid
                flows[k] = flows[k] + seen * (there - flows[k])
        cover, _ = self._print(overlay, self.grid, zero)
        seen = (cover > 0.5).float()
        for k, s in enumerate((-0.5, 0.5)):
            flows[k] = flows[k] + seen * (overlay["move"] * s - flows[k])
        return flows[0], flows[1]

"""What a camera and a codec do to a pair, on the device: fixed shapes, no synchronisation, so that it fits a CUDA graph.

Every function takes frames (B, 1, 128, 128) in [0, 1] and a strength (B, 1, 1, 1) in [0, 1] that is zero for untouched pairs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

KERNEL = 13
"""Side of the blur kernels: motion blur up to 11 px long."""

_LUMA = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""Luminance quantisation of ITU-T T.81, table K.1."""


class Blur(NamedTuple):
    """A blur's kernel, each (B, 1, 1) in pixels: direction in radians, half the length of a line, deviations of a Gaussian
    along and across."""

    angle: Tensor
    half: Tensor
    wide: Tensor
    narrow: Tensor


class Degradation:
    """Holds the constants on the device and draws the random strengths."""

    def __init__(self, batch: int, size: int, device: torch.device) -> None:
        self.batch, self.size, self.device = batch, size, device
        t = torch.arange(size, device=device, dtype=torch.float32)
        self.y, self.x = torch.meshgrid(t, t, indexing="ij")
        k = torch.arange(KERNEL, device=device, dtype=torch.float32) - KERNEL // 2
        self.ky, self.kx = torch.meshgrid(k, k, indexing="ij")
        i = torch.arange(8, dtype=torch.float64)
        dct = torch.cos(math.pi / 8 * (i[None] + 0.5) * i[:, None]) * torch.where(i[:, None] == 0, 8**-0.5, 0.5)
        self.dct = dct.float().to(device)
        self.table = torch.tensor(_LUMA, dtype=torch.float32, device=device) / 255

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """(B, *shape) uniform in [low, high)."""
        return torch.rand(self.batch, *shape, device=self.device) * (high - low) + low

    def chance(self, share: float) -> Tensor:
        """(B, 1, 1, 1): one with probability `share`, else zero."""
        return (self.uniform(0, 1, 1, 1, 1) < share).float()

    def tone(self, frame: Tensor, strength: Tensor) -> Tensor:
        """Gamma, gain, offset and a slanted shade."""
        u = self.uniform
        frame = frame.clamp(1e-3, 1) ** torch.exp(u(-0.5, 0.5, 1, 1, 1) * strength)
        shade = u(-0.2, 0.2, 1, 1, 1) * (self.x / 64 - 1) + u(-0.2, 0.2, 1, 1, 1) * (self.y / 64 - 1)
        return frame * torch.exp(u(-0.7, 0.4, 1, 1, 1) * strength) * (1 + shade * strength) + u(-0.15, 0.15, 1, 1, 1) * strength

    def random_blur(self) -> Blur:
        """Any blur that the kernels can hold: lines of 3 to 11 px, Gaussians of 0.3 to 2.2 px."""
        u = self.uniform
        angle, wide, half = u(0, math.pi, 1, 1), u(0.3, 2.2, 1, 1), u(1.5, 5.5, 1, 1)
        return Blur(angle, half, wide, torch.minimum(wide, u(0.3, 2.2, 1, 1)))

    def blur(self, frame: Tensor, gaussian: Tensor, motion: Tensor, blur: Blur) -> Tensor:
        """The Gaussian where `gaussian`, the straight line where `motion`; both centred, so the label holds."""
        along = self.kx * blur.angle.cos() + self.ky * blur.angle.sin()
        across = self.ky * blur.angle.cos() - self.kx * blur.angle.sin()
        soft = torch.exp(-0.5 * ((along / blur.wide) ** 2 + (across / blur.narrow) ** 2))
        line = torch.clamp(blur.half + 0.5 - along.abs(), 0, 1) * torch.clamp(1 - across.abs(), 0, 1)
        kernel = torch.where(motion[:, 0] > 0, line, soft)
        kernel = kernel / kernel.sum((1, 2), keepdim=True)
        padded = F.pad(frame, (KERNEL // 2,) * 4, mode="reflect")
        blurred = F.conv2d(padded.transpose(0, 1), kernel[:, None], groups=self.batch).transpose(0, 1)
        return frame + torch.maximum(gaussian, motion) * (blurred - frame)

    def exposure(self, frame: Tensor, low: Tensor) -> Tensor:
        """Low light: a gain of 0.05 to 0.3, photon noise that grows with the square root of the light, read noise."""
        gain = torch.exp(self.uniform(math.log(0.05), math.log(0.3), 1, 1, 1))
        photons = torch.exp(self.uniform(math.log(300.0), math.log(4000.0), 1, 1, 1))
        dark = frame.clamp(0, 1) * gain
        read = self.uniform(0, 0.006, 1, 1, 1)
        dark = dark + torch.randn_like(frame) * torch.sqrt(dark / photons + read * read)
        return frame + low * (dark - frame)

    def noise(self, frame: Tensor, strength: Tensor) -> Tensor:
        """White noise of up to 0.08, mostly weak."""
        return frame + torch.randn_like(frame) * (self.uniform(0, 1, 1, 1, 1) ** 2 * 0.08 * strength)

    def white(self, frame: Tensor, sigma: Tensor) -> Tensor:
        """White noise of the given deviation (B, 1, 1, 1)."""
        return frame + torch.randn_like(frame) * sigma

    def codec(self, frame: Tensor, on: Tensor) -> Tensor:
        """8x8 cosine blocks quantised as a still-picture codec does, from almost lossless to coarse."""
        n = self.size // 8
        blocks = frame.view(self.batch, n, 8, n, 8).permute(0, 1, 3, 2, 4)
        coefficients = self.dct @ blocks @ self.dct.t()
        step = self.table * torch.exp(self.uniform(math.log(0.15), math.log(2.0), 1, 1, 1, 1))
        decoded = self.dct.t() @ (torch.round(coefficients / step) * step) @ self.dct
        decoded = decoded.permute(0, 1, 3, 2, 4).reshape(self.batch, 1, self.size, self.size)
        return frame + on * (decoded - frame)

    def quantise(self, frame: Tensor) -> Tensor:
        """To 8 bit and back."""
        return (frame.clamp(0, 1) * 255).round() / 255

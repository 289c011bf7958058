"""The network `lite`: motion of a pair at its middle moment, coarse to fine, and a frame at any time made from it.

Pictures are YUV 4:2:0 in code values / 255 - 0.5, as six channels at half size: four of luma (a 2 x 2 block), U, V. The camera's
part of the motion is taken out before (both pictures lie on the camera half-way), so the network finds what remains.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .sampling import enlarge, pixel_grid, sample, symmetric_correlation, to_time, warp

WIDTHS = (24, 40, 64)
"""Channels of the encoder at strides 4, 8, 16."""
RADII = (2, 3, 4)
"""Radius of the correlation at strides 4, 8, 16, in cells; the motion it covers is twice that."""
CONTEXT = 20
"""Channels that a decoder hands to the next finer one and, at last, to the synthesis."""
MARGIN = 0.04
"""How far a made value may leave the range of the two fetched ones, in parts of 255."""


class Picture(NamedTuple):
    """Luma (B, 1, H, W) and chroma (B, 2, H/2, W/2), H and W multiples of 16."""

    luma: Tensor
    chroma: Tensor

    def half(self) -> Tensor:
        """(B, 6, H/2, W/2)."""
        return torch.cat([F.pixel_unshuffle(self.luma, 2), self.chroma], 1)


class Motion(NamedTuple):
    """Flows of the middle moment into both frames at stride 4, in luma pixels; the context; flows of the coarser strides."""

    first: Tensor
    second: Tensor
    context: Tensor
    coarse: list[Tensor]


class Made(NamedTuple):
    """The made frame (B, 6, H/2, W/2), and the two fetched ones that it was made of."""

    half: Tensor
    first: Tensor
    second: Tensor


def conv(i: int, o: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """3 x 3 convolution and PReLU."""
    return nn.Sequential(nn.Conv2d(i, o, 3, stride, dilation, dilation), nn.PReLU(o))


class Encoder(nn.Module):
    """Features of one picture at strides 4, 8, 16."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.s4 = nn.Sequential(conv(6, a, 2), conv(a, a))
        self.s8 = nn.Sequential(conv(a, b, 2), conv(b, b))
        self.s16 = nn.Sequential(conv(b, c, 2), conv(c, c))

    def forward(self, half: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        s4 = self.s4(half)
        s8 = self.s8(s4)
        return s4, s8, self.s16(s8)


class Decoder(nn.Module):
    """From correlation, both features and what the coarser stride said: a step of both flows in cells, and the context."""

    def __init__(self, features: int, radius: int, coarser: bool, widths: tuple[int, ...]) -> None:
        super().__init__()
        before = (2 * radius + 1) ** 2 + 2 * features + (4 + CONTEXT if coarser else 0)
        self.mix = nn.Conv2d(before, widths[0], 1)
        layers: list[nn.Module] = [nn.PReLU(widths[0])]
        for i, (a, b) in enumerate(zip(widths, widths[1:], strict=False)):
            layers.append(conv(a, b, dilation=2 if i == 1 else 1))
        self.layers = nn.Sequential(*layers)
        self.out = nn.Conv2d(widths[-1], 4 + CONTEXT, 3, 1, 1)

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        found = self.out(self.layers(self.mix(seen)))
        return found[:, :4], found[:, 4:]


class Synthesis(nn.Module):
    """A small U-Net at half size. In: both fetched pictures (6 + 6), whether each lies in its frame (2), the flows (4, of 32 pixels),
    t; the context at stride 4. Out: (B, 11, H/2, W/2), weights of the first picture (4 luma, 1 chroma) and a residual (6)."""

    def __init__(self) -> None:
        super().__init__()
        self.into = conv(19, 24)
        self.down4 = conv(24, 32, 2)
        self.mix4 = conv(32 + CONTEXT, 32)
        self.down8 = conv(32, 48, 2)
        self.mix8 = conv(48, 48)
        self.up4 = conv(80, 32)
        self.thin = nn.Conv2d(32, 16, 1)
        self.up2 = conv(40, 20)
        self.out = nn.Conv2d(20, 11, 3, 1, 1)

    def forward(self, fetched: Tensor, context: Tensor) -> Tensor:
        a = self.into(fetched)
        b = self.mix4(torch.cat([self.down4(a), context], 1))
        c = self.mix8(self.down8(b))
        d = self.up4(torch.cat([enlarge(c, 2), b], 1))
        out: Tensor = self.out(self.up2(torch.cat([enlarge(self.thin(d), 2), a], 1)))
        return out


def blend(said: Tensor, first: Tensor, second: Tensor, inside: Tensor, t: Tensor) -> Tensor:
    """Both fetched pictures weighted by what the synthesis said, by time and by whether they lie in their frames; plus the residual,
    kept within MARGIN of their range."""
    weight = torch.sigmoid(said[:, :5])
    share = t.view(-1, 1, 1, 1)
    a, b = weight * (1 - share) * (inside[:, :1] + 1e-3), (1 - weight) * share * (inside[:, 1:] + 1e-3)
    part = a / (a + b + 1e-6)
    part = torch.cat([part[:, :4], part[:, 4:], part[:, 4:]], 1)
    made = part * first + (1 - part) * second + said[:, 5:]
    low, high = torch.minimum(first, second) - MARGIN, torch.maximum(first, second) + MARGIN
    return torch.minimum(torch.maximum(made, low), high)


class Lite(nn.Module):
    """The whole network."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.encoder = Encoder()
        self.at16 = Decoder(c, RADII[2], False, (96, 80, 64, 48))
        self.at8 = Decoder(b, RADII[1], True, (72, 56, 56, 40))
        self.at4 = Decoder(a, RADII[0], True, (48, 40, 32))
        self.synthesis = Synthesis()
        for decoder in (self.at16, self.at8, self.at4):
            nn.init.zeros_(decoder.out.weight[:4])
            nn.init.zeros_(decoder.out.bias)
        nn.init.zeros_(self.synthesis.out.weight)
        nn.init.zeros_(self.synthesis.out.bias)

    def motion(self, first: Picture, second: Picture) -> Motion:
        """Motion of a pair at its middle moment; has no time in it, so that one pair serves any number of made frames."""
        b = first.luma.shape[0]
        features = self.encoder(torch.cat([first.half(), second.half()]))
        levels = [(f[:b], f[b:]) for f in features]
        flow, context = self.at16(torch.cat([symmetric_correlation(*levels[2], RADII[2]), *levels[2]], 1))
        flow = flow.float() * 16
        coarse = [flow]
        for level, decoder, stride in ((1, self.at8, 8), (0, self.at4, 4)):
            flow, context = enlarge(flow, 2), enlarge(context, 2)
            x, y = levels[level]
            x, y = warp(x, flow[:, :2], stride), warp(y, flow[:, 2:], stride)
            seen = [symmetric_correlation(x, y, RADII[level]), x, y, (flow / 32).to(x.dtype), context]
            step, context = decoder(torch.cat(seen, 1))
            flow = flow + step.float() * stride
            coarse.append(flow)
        return Motion(flow[:, :2], flow[:, 2:], context, coarse[:-1])

    def make(self, first: Picture, second: Picture, motion: Motion, t: Tensor) -> Made:
        """The frame at time `t` (B,) between the two."""
        f0, f1, context = to_time(motion.first, motion.second, motion.context, t, 4)
        fetched, inside = [], []
        for picture, flow in ((first, f0), (second, f1)):
            half = enlarge(flow, 2)
            h, w = picture.chroma.shape[-2:]
            at = pixel_grid(h, w, half.device) + half / 2
            x, y = at[:, :1], at[:, 1:]
            inside.append(((x >= -0.5) & (x < w - 0.5) & (y >= -0.5) & (y < h - 0.5)).float())
            chroma = sample(picture.chroma, at, "bicubic")
            luma = sample(picture.luma, pixel_grid(2 * h, 2 * w, half.device) + enlarge(flow, 4), "bicubic")
            fetched.append(torch.cat([F.pixel_unshuffle(luma, 2), chroma], 1))
        both = torch.cat(inside, 1)
        time = t.view(-1, 1, 1, 1).expand(-1, 1, *both.shape[-2:])
        seen = torch.cat([*fetched, both, enlarge(torch.cat([f0, f1], 1), 2) / 32, time], 1)
        said = self.synthesis(seen.to(memory_format=torch.channels_last), context).float()
        return Made(blend(said, *fetched, both, t), *fetched)

    def forward(self, first: Picture, second: Picture, t: Tensor) -> tuple[Made, Motion]:
        motion = self.motion(first, second)
        return self.make(first, second, motion, t), motion

"""Training pairs from real video, drawn on the device like the synthetic ones: fixed shapes, no synchronisation."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gimbal_train.degrade import Degradation
from gimbal_train.geometry import EXTENT, SIZE, corner_points, homography_from_quad
from gimbal_train.pairs import Pair

from .clips import LabelledPairs, corner_displacements

FARTHEST = 44.0
"""Largest corner displacement of a label, in pixels; what would exceed it keeps the camera's own motion."""


class RealPairs:
    """Two frames of a clip, seen through one window; the first additionally through a known homography.

    With the camera's motion G (from the classical estimator), the window W and the known homography D, the label is
    inv(W) G W D: as exact as G is, whatever D adds (the idea of Jiang et al., "Supervised Homography Learning with Realistic
    Dataset Generation", ICCV 2023). Nobody has labelled what moves by itself, so `inliers` is one everywhere: not for learning.
    """

    def __init__(self, clips: LabelledPairs, batch: int, device: torch.device) -> None:
        self.batch, self.device = batch, device
        self.frames = clips.frames.to(device)
        self.first, self.second = clips.first.to(device), clips.second.to(device)
        self.motion = clips.homographies.float().to(device)
        self.degrade = Degradation(batch, SIZE, device)
        self.margin = 1 - SIZE / clips.frames.shape[1]
        self.corners = corner_points(device)
        self.identity = torch.eye(3, device=device)
        # From coordinates -0.5..0.5 to pixel / 127, and from pixels back.
        s = SIZE / EXTENT
        self.to_square = torch.tensor([[s, 0, 0.5], [0, s, 0.5], [0, 0, 1]], device=device)
        c = 0.5 / SIZE - 0.5
        self.from_pixels = torch.tensor([[1 / SIZE, 0, c], [0, 1 / SIZE, c], [0, 0, 1]], device=device)
        t = (torch.arange(SIZE, device=device) + 0.5) / SIZE - 0.5
        y, x = torch.meshgrid(t, t, indexing="ij")
        quarter = torch.tensor([-0.25, 0.25], device=device) / SIZE
        oy, ox = torch.meshgrid(quarter, quarter, indexing="ij")
        self.grid = torch.stack([x, y], -1).view(1, 1, -1, 2)
        self.offsets = torch.stack([ox, oy], -1).view(1, 4, 1, 2)

    def __call__(self) -> Pair:
        with torch.no_grad():
            return self._draw()

    def _draw(self) -> Pair:
        u = self.degrade.uniform
        index = torch.randint(0, len(self.first), (self.batch,), device=self.device)
        back = u(0, 1) < 0.5
        motion = torch.where(back[:, None, None], _inverse(self.motion[index]), self.motion[index])
        first = torch.where(back, self.second[index], self.first[index])
        second = torch.where(back, self.first[index], self.second[index])
        window = self._windows()
        added = self._added()
        own = _inverse(window) @ motion @ window
        sane = corner_displacements(own @ added).abs().amax((1, 2)) < FARTHEST
        added = torch.where(sane[:, None, None], added, self.identity)
        corners = corner_displacements(own @ added)
        frames = (self._sample(first, window @ added), self._sample(second, window))
        toned = [self.degrade.quantise(self.degrade.tone(f, self.degrade.chance(0.3))) for f in frames]
        return Pair(toned[0], toned[1], corners, torch.ones_like(toned[0]))

    def _windows(self) -> Tensor:
        """Window to frame (B, 3, 3): the whole frame half of the time, otherwise down to where the frames' resolution ends;
        mirrored left to right half of the time."""
        u = self.degrade.uniform
        whole = u(0, 1) < 0.5
        zoom = [torch.where(whole, 1.0, 1 - self.margin * u(0, 1)) for _ in range(2)]
        at = [(u(0, 1) - 0.5) * (1 - z) for z in zoom]
        flip = torch.where(u(0, 1) < 0.5, -1.0, 1.0)
        zero, one = torch.zeros_like(flip), torch.ones_like(flip)
        return torch.stack([zoom[0] * flip, zero, at[0], zero, zoom[1], at[1], zero, zero, one], 1).view(-1, 3, 3)

    def _added(self) -> Tensor:
        """Known homographies (B, 3, 3): none for a third of the pairs, else corners displaced by up to 2, 8 or 24 px."""
        which = self.degrade.uniform(0, 1)
        reach = torch.where(which < 0.35, 0.0, torch.where(which < 0.6, 2.0, torch.where(which < 0.85, 8.0, 24.0)))
        shift = self.degrade.uniform(-1, 1, 4, 2) * reach[:, None, None]
        h = homography_from_quad(self.corners + shift)
        full = torch.cat([h, torch.ones_like(h[:, :1])], 1).view(-1, 3, 3)
        return self.from_pixels @ full @ self.to_square

    def _sample(self, index: Tensor, to_frame: Tensor) -> Tensor:
        """Frames through homographies (window to frame), four samples per pixel; beyond the frame its mirror image."""
        picture = self.frames[index][:, None].float() / 255
        spread = self.degrade.uniform(0.6, 1.1)[:, None, None, None]
        points = (self.grid + self.offsets * spread).view(self.batch, -1, 2)
        points = torch.cat([points, torch.ones_like(points[..., :1])], -1) @ to_frame.transpose(1, 2)
        points = 2 * points[..., :2] / points[..., 2:].clamp(min=0.05)
        grid = points.view(self.batch, 4 * SIZE, SIZE, 2)
        sampled = F.grid_sample(picture, grid, padding_mode="reflection", align_corners=False)
        return sampled.view(self.batch, 4, SIZE, SIZE).mean(1, keepdim=True)


def _inverse(m: Tensor) -> Tensor:
    """Inverse of (B, 3, 3) by the adjugate, scaled to a last entry of one: no solver, so that a CUDA graph can hold it."""
    rows = m.unbind(1)
    columns = [torch.linalg.cross(rows[1], rows[2]), torch.linalg.cross(rows[2], rows[0]), torch.linalg.cross(rows[0], rows[1])]
    adjugate = torch.stack(columns, 2)
    return adjugate / adjugate[:, 2:, 2:]


def real_count(batch: int, share: float) -> int:
    """Pairs of a batch that come from real video, at a share of at most 0.3."""
    if not 0 <= share <= 0.3:
        raise ValueError(f"expected a share of real pairs from 0 to 0.3, got {share}")
    return math.floor(batch * share)

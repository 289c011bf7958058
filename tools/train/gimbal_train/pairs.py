"""Training pairs with exact labels, made on the device.

A picture is a plane seen through a random window; the second frame is the window itself, the first one the same plane
through the
homography of four random corner displacements. Then come other planes, moving things, things fixed to the screen, and the
camera. All shapes are fixed and nothing synchronises with the host, so that the whole training step fits one CUDA graph; what
changes during training are scalars on the device (`schedule`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .camera import Kinds, draw_kinds, film
from .config import TrainConfig
from .covers import add_moving, add_screen
from .degrade import Degradation
from .geometry import EXTENT, SIZE, corner_points, homography_from_quad, invert, project, project_points
from .photos import Bank


class Pair(NamedTuple):
    """Frames (B, 1, 128, 128) in [0, 1]; `corners` (B, 4, 2) true displacement; `inliers` (B, 1, 128, 128) in [0, 1]: pixels
    of the first frame that move with the labelled plane and are visible in the second."""

    first: Tensor
    second: Tensor
    corners: Tensor
    inliers: Tensor


class PairGenerator:
    """Draws a fresh batch at every call, from torch's generator of the device."""

    def __init__(self, bank: Bank, config: TrainConfig, device: torch.device) -> None:
        self.bank, self.config, self.batch, self.device = bank, config, config.batch, device
        self.degrade = Degradation(config.batch, SIZE, device)
        self.schedule = {k: torch.ones((), device=device) for k in ("motion", "degradation")}
        self.corners = corner_points(device)
        self.x, self.y = self.degrade.x, self.degrade.y
        quarter = torch.tensor([-0.25, 0.25], device=device)
        oy, ox = torch.meshgrid(quarter, quarter, indexing="ij")
        self.ox, self.oy = ox.reshape(1, 4, 1, 1), oy.reshape(1, 4, 1, 1)
        self.canvas = (bank.pictures.shape[1], bank.pictures.shape[2])

    def __call__(self) -> Pair:
        with torch.no_grad():
            return self._draw()

    def _draw(self) -> Pair:
        c, u = self.config, self.degrade.uniform
        native = u(0, 1) < c.native
        picture, extent = self._pictures(native)
        displacement = self._displacements(native)
        window = self._windows(native, extent)
        strength = self.schedule["degradation"]
        kinds = draw_kinds(self.degrade, c, strength)
        some = self.degrade.chance(c.occluded) * strength
        # A pair that is clean and has nothing moving in it stays wholly clean.
        touched = torch.maximum(some, sum(kinds[1:], kinds[0]))
        bend, off_plane = self._parallax(touched)
        second = self._sample(picture, extent, window, None, native, None)
        first = self._sample(picture, extent, window, displacement, native, bend)
        covered = add_moving(self.degrade, first, second, some)
        first, second, covered_first, covered_second = add_screen(self.degrade, covered, kinds.mixed)
        inliers = 1 - off_plane
        inliers = (inliers * (1 - covered_first) * self._seen(displacement, 1 - covered_second)).clamp(0, 1)
        first, second = self._film(first, second, kinds)
        return self._swap(Pair(first, second, displacement, inliers), covered_second)

    def _pictures(self, native: Tensor) -> tuple[Tensor, Tensor]:
        """One canvas per pair, float (B, 1, rows, columns) in [0, 1], and its width and height (B, 2)."""
        n = self.bank.photos
        index = torch.randint(0, n, (self.batch,), device=self.device)
        if self.bank.textures:
            texture = torch.randint(2 * n, 2 * n + self.bank.textures, (self.batch,), device=self.device)
            index = torch.where(self.degrade.uniform(0, 1) < self.config.textures, texture, index)
        index = torch.where(native, torch.remainder(index, n) + n, index)
        return self.bank.pictures[index][:, None].float() / 255, self.bank.sizes[index]

    def _displacements(self, native: Tensor) -> Tensor:
        """Corner displacements: independent corners up to 32, 8 or 2 px, or a common shift with small differences, as in
        video."""
        u = self.degrade.uniform
        which = u(0, 1)
        far = self.config.far
        near = (far + (1 - far) / 2, far + (1 - far) * 5 / 6)
        # 31.5: the worst quad stays strictly convex.
        rho = (
            torch.where(which < far, 31.5, torch.where(which < near[0], 8.0, torch.where(which < near[1], 2.0, 0.25)))
            * self.schedule["motion"]
        )
        free = u(-1, 1, 4, 2)
        shared = u(-1, 1, 1, 2) * 0.8 + free * 0.2
        common = (u(0, 1, 1, 1) < 0.15) & ~native[:, None, None]
        displacement = torch.where(common, shared, free) * rho[:, None, None]
        h = homography_from_quad(self.corners + displacement)
        lowest = torch.minimum(torch.minimum(1 + h[:, 6], 1 + h[:, 7]), 1 + h[:, 6] + h[:, 7])
        # Tame the rare nearly degenerate quads.
        return displacement * torch.where(lowest > 0.25, 1.0, 0.6)[:, None, None]

    def _windows(self, native: Tensor, extent: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Centre and signed zoom of the window per axis; whole pixels and zoom 1 for native pairs, mirrored half of the
        time."""
        u = self.degrade.uniform
        zoom, aspect = torch.exp(u(math.log(0.6), math.log(1.9))), torch.exp(u(-0.3, 0.3))
        zooms = (torch.where(native, 1.0, zoom * aspect), torch.where(native, 1.0, zoom / aspect))
        centres = []
        for axis, size in enumerate(zooms):
            n = extent[:, axis]
            # Native windows keep 32 px from the border, so that the warped one stays inside the photo.
            low = torch.where(native, EXTENT / 2 + 32, torch.minimum(size * (EXTENT / 2), (n - 1) / 2))
            centre = low + u(0, 1) * (n - 1 - 2 * low)
            centres.append(torch.where(native, torch.floor(centre) + 0.5, centre))
        flips = [torch.where(u(0, 1) < 0.5, -1.0, 1.0) for _ in range(2)]
        return centres[0], centres[1], zooms[0] * flips[0], zooms[1] * flips[1]

    def _sample(
        self,
        picture: Tensor,
        extent: Tensor,
        window: tuple[Tensor, Tensor, Tensor, Tensor],
        displacement: Tensor | None,
        native: Tensor,
        bend: Tensor | None,
    ) -> Tensor:
        """2x2 points per pixel, spread by 0 to 1.2 px: antialiasing when shrinking, and both frames get their own sharpness.
        Outside the picture the plane goes on mirrored, which keeps the pair exactly homographic."""
        spread = torch.where(native, 0.0, self.degrade.uniform(-0.6, 1.2).clamp(min=0))[:, None, None, None]
        x = (self.x + self.ox * spread).reshape(self.batch, -1)
        y = (self.y + self.oy * spread).reshape(self.batch, -1)
        if displacement is not None:
            x, y = project(homography_from_quad(self.corners + displacement), x / EXTENT, y / EXTENT)
        if bend is not None:
            x = x + bend[:, 0].repeat(1, 4, 1).reshape(self.batch, -1)
            y = y + bend[:, 1].repeat(1, 4, 1).reshape(self.batch, -1)
        rows, columns = self.canvas

        def place(t: Tensor, centre: Tensor, zoom: Tensor, size: Tensor) -> Tensor:
            last = (size - 1)[:, None]
            t = centre[:, None] + zoom[:, None] * (t - EXTENT / 2)
            return last - (torch.remainder(t, 2 * last) - last).abs()

        gx = place(x, window[0], window[2], extent[:, 0]) * (2 / (columns - 1)) - 1
        gy = place(y, window[1], window[3], extent[:, 1]) * (2 / (rows - 1)) - 1
        grid = torch.stack([gx, gy], -1).view(self.batch, 4 * SIZE, SIZE, 2)
        return F.grid_sample(picture, grid, align_corners=True).view(self.batch, 4, SIZE, SIZE).mean(1, keepdim=True)

    def _parallax(self, on: Tensor) -> tuple[Tensor, Tensor]:
        """A second plane in 20 % of the pairs that are not clean: a region that moves 1 to 6 px (and a slant) away from
        the label. Returns the extra motion (B, 2, n, n) in pixels and the region (B, 1, n, n)."""
        d, u = self.degrade, self.degrade.uniform
        use = d.chance(0.2) * on
        cx, cy = u(0, EXTENT, 1, 1, 1), u(0, EXTENT, 1, 1, 1)
        rx, ry = u(22, 50, 1, 1, 1), u(22, 50, 1, 1, 1)
        sharp = torch.exp(u(math.log(2.0), math.log(20.0), 1, 1, 1))
        radius = torch.sqrt(((self.x - cx) / rx) ** 2 + ((self.y - cy) / ry) ** 2 + 1e-6)
        region = torch.sigmoid((1 - radius) * sharp) * use
        angle, amount = u(0, 2 * math.pi, 1, 1, 1), u(1, 6, 1, 1, 1)
        slant = 1 + u(-0.3, 0.3, 1, 1, 1) * (self.x - cx) / rx + u(-0.3, 0.3, 1, 1, 1) * (self.y - cy) / ry
        push = region * amount * slant
        return torch.cat([push * angle.cos(), push * angle.sin()], 1), (push.abs() / 0.5).clamp(0, 1)

    def _film(self, first: Tensor, second: Tensor, kinds: Kinds) -> tuple[Tensor, Tensor]:
        return film(self.degrade, first, second, kinds)

    def _seen(self, displacement: Tensor, visible: Tensor) -> Tensor:
        """For the first frame's pixels: whether the plane's point is inside the second frame and `visible` there."""
        h = homography_from_quad(self.corners + displacement)
        x, y = project(h, (self.x / EXTENT).reshape(1, -1), (self.y / EXTENT).reshape(1, -1))
        inside = ((x > -0.5) & (x < EXTENT + 0.5) & (y > -0.5) & (y < EXTENT + 0.5)).float().view(-1, 1, SIZE, SIZE)
        grid = torch.stack([x, y], -1).view(-1, SIZE, SIZE, 2) * (2 / EXTENT) - 1
        return inside * F.grid_sample(visible, grid, padding_mode="border", align_corners=True)

    def _swap(self, pair: Pair, covered_second: Tensor) -> Pair:
        """Exchanges the frames of some pairs; the label becomes the inverse homography's, where that stays of sane size."""
        h = homography_from_quad(self.corners + pair.corners)
        back = project_points(invert(h), self.corners.expand(self.batch, 4, 2)) - self.corners
        sane = back.abs().amax((1, 2)) < 48
        swap = (self.degrade.uniform(0, 1) < self.config.swap) & sane
        # The other frame's inliers: the first frame's map carried over by the inverse, and not covered there.
        carried = (self._seen(back, pair.inliers) * (1 - covered_second)).clamp(0, 1)
        s3, s4 = swap[:, None, None], swap[:, None, None, None]
        return Pair(
            torch.where(s4, pair.second, pair.first),
            torch.where(s4, pair.first, pair.second),
            torch.where(s3, back, pair.corners),
            torch.where(s4, carried, pair.inliers),
        )

"""Self-attention over the cells of a coarse map and four tokens that stand for the corners."""

from __future__ import annotations

import torch
from torch import Tensor, nn

HEADS = 4


class _Layer(nn.Module):
    """Attention and a two-layer perceptron, each normalised before and added. Both start by adding nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.norm, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.leave = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        for last in (self.leave, self.narrow):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, x: Tensor) -> Tensor:
        tokens, depth = x.shape[1], self.width // HEADS
        q, k, v = self.qkv(self.norm(x)).view(-1, tokens, 3, HEADS, depth).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax((q * depth**-0.5) @ k.transpose(2, 3), -1)
        x = x + self.leave((weights @ v).transpose(1, 2).reshape(-1, tokens, self.width))
        widened = torch.relu(self.widen(self.norm2(x)))
        result: Tensor = x + self.narrow(widened)
        return result


class CellMixer(nn.Module):
    """What every cell and every corner can learn from all cells, however far: which of two motions most of the frame follows is
    nothing that a cell sees by itself."""

    def __init__(self, width: int, cells: int, layers: int) -> None:
        super().__init__()
        self.width, self.cells = width, cells
        self.place = nn.Parameter(torch.randn(1, cells * cells, width) * 0.02)
        self.corners = nn.Parameter(torch.randn(1, 4, width) * 0.5)
        self.layers = nn.ModuleList(_Layer(width) for _ in range(layers))
        self.motion = nn.Linear(width, 2)
        nn.init.zeros_(self.motion.weight)
        nn.init.zeros_(self.motion.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, width, n, n) to what is to be added to it, and a motion of the four corners (B, 4, 2) in cells. Untrained, both
        are zero."""
        cells = x.flatten(2).transpose(1, 2)
        tokens = torch.cat([cells + self.place, self.corners.expand(x.shape[0], -1, -1)], 1)
        start = tokens
        for layer in self.layers:
            tokens = layer(tokens)
        added = (tokens - start)[:, :-4].transpose(1, 2).reshape(-1, self.width, self.cells, self.cells)
        return added, self.motion(tokens[:, -4:])

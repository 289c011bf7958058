"""Every check of the training machine must hold on the CPU too, and must be able to fail."""

from collections.abc import Callable

import pytest
import torch

from gimbal_train import check
from gimbal_train.geometry import corner_points, homography_from_quad, project_points

CPU = torch.device("cpu")


@pytest.mark.parametrize(("measure", "limit"), check.CHECKS, ids=lambda x: getattr(x, "__name__", None))
def test_check_passes(measure: Callable[[torch.device], float], limit: float) -> None:
    assert measure(CPU) <= limit


def test_corners_go_to_the_quad() -> None:
    quad = corner_points()[None] + torch.tensor([[[3.0, -2.0], [-5.0, 4.0], [7.0, 1.0], [-2.0, -6.0]]])
    assert torch.allclose(project_points(homography_from_quad(quad), corner_points()[None]), quad, atol=1e-4)


def test_a_wrong_closed_form_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "homography_from_quad", lambda q: homography_from_quad(q) * 1.001)
    assert check.closed_form(CPU) > 1e-3

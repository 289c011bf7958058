"""Curves of several phases are one curve."""

from pathlib import Path

import pytest

from gimbal_train.plot import read_curve


def test_phases_follow_one_another(tmp_path: Path) -> None:
    for name, rows in (("a", "30,0.4\n60,0.2\n"), ("b", "10,0.15\n40,0.1\n")):
        (tmp_path / f"{name}.csv").write_text(f"seconds,8/clean median\n{rows}")
    curve = read_curve([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert curve["seconds"] == [30, 60, 70, 100]
    assert curve["8/clean median"] == [0.4, 0.2, 0.15, 0.1]


def test_a_curve_without_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("seconds\n")
    with pytest.raises(ValueError, match="found no rows"):
        read_curve([tmp_path / "empty.csv"])

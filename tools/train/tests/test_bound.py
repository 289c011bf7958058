"""The bound must move with what it is a bound of."""

import numpy as np

from gimbal_train.bound import corner_covariance
from gimbal_train.heldout import Exposure, N

SHIFT = np.array([[3, -2], [5, 1], [-4, 2], [0, 6]], float)
PLAIN = Exposure(gamma=1, gain=1, bias=0, blur=0, noise=0.02)


def _scene() -> np.ndarray:
    random = np.random.default_rng(3)
    y, x = np.mgrid[0:N, 0:N] / N
    waves = [(random.uniform(-9, 9, 2), random.uniform(0, 6)) for _ in range(12)]
    return np.asarray(0.5 + sum(0.03 * np.sin(2 * np.pi * (f[0] * x + f[1] * y) + phase) for f, phase in waves))


def _error(*exposures: Exposure) -> float:
    return float(np.sqrt(np.trace(corner_covariance(_scene(), SHIFT, list(exposures))) / 8))


def test_twice_the_noise_is_twice_the_error() -> None:
    noisier = PLAIN._replace(noise=2 * PLAIN.noise)
    assert abs(_error(noisier, noisier) / _error(PLAIN, PLAIN) - 2) < 0.01


def test_both_frames_count_alike() -> None:
    noisier = PLAIN._replace(noise=0.06)
    assert abs(_error(noisier, PLAIN) / _error(PLAIN, noisier) - 1) < 1e-6
    # Variances of both add.
    assert abs(_error(noisier, PLAIN) / _error(PLAIN, PLAIN) - np.sqrt(5)) < 0.02


def test_blur_and_low_contrast_cost_accuracy() -> None:
    assert _error(PLAIN._replace(blur=1.5), PLAIN) > 1.1 * _error(PLAIN, PLAIN)
    assert abs(_error(PLAIN._replace(gain=0.5, noise=0.01), PLAIN) / _error(PLAIN, PLAIN) - 1) < 0.01


def test_the_bound_is_reached_by_least_squares_on_the_scene() -> None:
    # Only the second frame is noisy and the first is the scene: one linear step from the truth is an estimator without loss.
    silent, noise = PLAIN._replace(noise=0), 0.01
    covariance = corner_covariance(_scene(), np.zeros((4, 2)), [silent, PLAIN._replace(noise=noise)])
    slope_y, slope_x = np.gradient(_scene())
    y, x = np.mgrid[0:N, 0:N] / (N - 1)
    shares = [(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y]  # to first order in a displacement that is all corners' alike
    columns = np.stack([(slope * share)[1:-1, 1:-1].ravel() for share in shares for slope in (slope_x, slope_y)])
    together = np.tile(np.eye(2), (4, 1))
    of_shift = np.linalg.inv(together.T @ np.linalg.inv(covariance) @ together)
    random = np.random.default_rng(5)
    found = [
        np.linalg.lstsq((together.T @ columns).T, random.normal(0, noise, columns.shape[1]), rcond=None)[0] for _ in range(300)
    ]
    ratio = np.std(found, axis=0) / np.sqrt(np.diag(of_shift))
    assert np.all(np.abs(ratio - 1) < 0.15), ratio

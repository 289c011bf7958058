"""Training of the learned homography estimator."""

"""Training of the frame interpolation network: see README.md of this folder's parent."""

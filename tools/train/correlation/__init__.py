"""Fused local correlation: a compiled operator with its own derivative, used only after it has passed its gate."""

from .gate import GateError, check, load_gated, local_correlation_op

__all__ = ["GateError", "check", "load_gated", "local_correlation_op"]

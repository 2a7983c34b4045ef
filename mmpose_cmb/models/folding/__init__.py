"""The same function, faster: a trained network folded for inference."""

from .fold import fold_for_inference

__all__ = ['fold_for_inference']

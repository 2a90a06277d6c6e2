"""Figures: arrays and Axes in, Axes out. Nothing here knows where the numbers come from."""

from superposition.plots.style import use_style

__all__ = ["use_style"]

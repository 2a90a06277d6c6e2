"""Figures: arrays and Axes in, Axes out. Nothing here knows where the numbers come from."""

from superposition.plots.style import ROLE, signed_bar, use_style

__all__ = ["ROLE", "signed_bar", "use_style"]

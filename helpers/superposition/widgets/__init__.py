"""Live figures: one Python class and one JavaScript module each, for notebooks and for the site."""

from superposition.widgets.attention_head import AttentionHead
from superposition.widgets.border import Border
from superposition.widgets.polygon import Polygon
from superposition.widgets.ripples import Ripples
from superposition.widgets.zoo import Zoo

__all__ = ["AttentionHead", "Border", "Polygon", "Ripples", "Zoo"]

"""Live figures: one Python class and one JavaScript module each, for notebooks and for the site."""

from superposition.widgets.polygon import Polygon
from superposition.widgets.zoo import Zoo

__all__ = ["Polygon", "Zoo"]

"""The map of two features in one number, with a cross that can be moved over it."""

from superposition.widgets.live_figure import Bounded, LiveFigure


class Border(LiveFigure):
    """Point at a place of the phase diagram: the three losses, the cheapest way, and a network trained there.

    The losses are those of `phases.two_feature_losses`; the network is found in the page as `phases.free_optimum` finds
    it, from the same starts in 200 steps, but on integrals without error. Raises a `TraitError` that names the bounds
    when a value lies outside them.
    """

    figure = "border"
    height_hint = 524
    height_hint_narrow = 1012

    feature_probability = Bounded(0.01, 1.0, 0.3)
    relative_importance = Bounded(0.1, 10.0, 0.5)

    def __init__(self, feature_probability: float = 0.3, relative_importance: float = 0.5) -> None:
        super().__init__(feature_probability=feature_probability, relative_importance=relative_importance)

    def describe(self) -> str:
        """Return the sentence for a map that nobody has touched yet."""
        return (
            f"Two features, each on with probability {self.feature_probability:g}, the second "
            f"{self.relative_importance:g} times as important as the first: which is kept in one number?"
        )

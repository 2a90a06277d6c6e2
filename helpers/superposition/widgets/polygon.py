"""A toy model with two hidden dimensions that trains while you watch."""

from superposition.widgets.live_figure import Bounded, LiveFigure


class Polygon(LiveFigure):
    """Squeeze n sparse features into 2 dimensions and watch their directions become a polygon.

    The model is x_hat = relu(W^T W x + b), trained in JavaScript on importance_i (x_i - x_hat_i)^2 with
    importance_i = importance_decay^i. Five equal features at a feature_probability of .05 become a regular pentagon,
    D = .4 each. Raises a `TraitError` that names the bounds when a value lies outside them.
    Source: Elhage et al., Toy Models of Superposition, 2022.
    """

    figure = "polygon"
    height_hint = 562
    height_hint_narrow = 1070

    n_features = Bounded(2, 12, 5)
    feature_probability = Bounded(0.01, 1.0, 0.05)
    importance_decay = Bounded(0.3, 1.0, 1.0)
    seed = Bounded(0, 9999, 0)

    def __init__(
        self,
        n_features: int = 5,
        feature_probability: float = 0.05,
        importance_decay: float = 1.0,
        seed: int = 0,
    ) -> None:
        super().__init__(
            n_features=n_features,
            feature_probability=feature_probability,
            importance_decay=importance_decay,
            seed=seed,
        )

    def describe(self) -> str:
        """Return the sentence for a model that has not been trained yet."""
        return (
            f"{self.n_features} features before training, in 2 dimensions: each is on with probability "
            f"{self.feature_probability:g}, and their arrows point at random."
        )

"""Seven figures in space, turned by hand, each beside the features of a model that was trained on as many."""

from superposition.widgets.live_figure import Bounded, LiveFigure

NAMES = (
    "tetrahedron",
    "triangular bipyramid",
    "octahedron",
    "pentagonal bipyramid",
    "square antiprism",
    "cube",
    "icosahedron",
)


class Zoo(LiveFigure):
    """Turn a figure and a trained W side by side, with their overlaps and their dimensionalities.

    `shape` counts from 0 (tetrahedron) to 6 (icosahedron); `turn` and `tilt` are degrees. The trained columns are the
    shipped arrays space.n.W of the data set shapes. Raises a `TraitError` that names the bounds when a value lies
    outside them.
    """

    figure = "zoo"
    height_hint = 816
    height_hint_narrow = 850

    shape = Bounded(0, len(NAMES) - 1, 4)
    turn = Bounded(-180.0, 180.0, 25.0)
    tilt = Bounded(-90.0, 90.0, 25.0)

    def __init__(self, shape: int = 4, turn: float = 25.0, tilt: float = 25.0) -> None:
        super().__init__(shape=shape, turn=turn, tilt=tilt)

    def describe(self) -> str:
        """Return the sentence that names the figure."""
        return f"The {NAMES[self.shape]} beside the directions of a model trained on as many features."

"""One attention head over four tokens, edited by hand."""

from superposition.widgets.live_figure import Bounded, LiveFigure


class AttentionHead(LiveFigure):
    """Drag the queries, keys and values of four tokens and watch pattern and outputs.

    The head is softmax(inverse_temperature q k^T / sqrt(2)) v in two dimensions, computed in JavaScript. `query` (1 to
    4) is the token whose output is shown; `causal` and `held` are switches, 0 or 1. While the pattern is held, the
    outputs are linear in the values. Raises a `TraitError` that names the bounds when a value lies outside them.
    """

    figure = "attention_head"
    height_hint = 806
    height_hint_narrow = 1378

    inverse_temperature = Bounded(0.0, 20.0, 1.0)
    query = Bounded(1, 4, 3)
    causal = Bounded(0, 1, 0)
    held = Bounded(0, 1, 0)

    def __init__(self, inverse_temperature: float = 1.0, query: int = 3, causal: int = 0, held: int = 0) -> None:
        super().__init__(inverse_temperature=inverse_temperature, query=query, causal=causal, held=held)

    def describe(self) -> str:
        """Return the sentence for the tokens as they are at the start."""
        return (
            "Four tokens, the river bank floods, each with a query, a key and a value in the plane: token "
            f"{self.query} reads a weighted sum of the values at inverse temperature {self.inverse_temperature:g}."
        )

"""The base of every live figure: one output with two faces, a widget where a kernel runs and html where none does."""

import html
import json
import sys
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_FOLDER = Path(__file__).parent


class Bounded(traitlets.TraitType[Any, Any]):
    """A number from `low` to `high`, both included; a whole one where both bounds are whole."""

    def __init__(self, low: float, high: float, default: float) -> None:
        super().__init__(default)
        self.low, self.high = low, high
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> float:  # noqa: ARG002  (traitlets passes the owner)
        """Return the value as int or float, or say in one sentence what was expected and what came."""
        whole = isinstance(self.low, int)
        if isinstance(value, Integral if whole else Real) and not isinstance(value, bool):
            plain = int(value) if isinstance(value, Integral) and whole else float(value)
            if self.low <= plain <= self.high:
                return plain
        kind = "whole number" if whole else "number"
        raise traitlets.TraitError(f"{self.name} must be a {kind} from {self.low} to {self.high}, but got {value!r}.")


class LiveFigure(anywidget.AnyWidget):
    """Show a figure that computes in JavaScript alone, with or without a kernel.

    A subclass names its module (`figure`), declares its state as `Bounded` traits and states in `describe` what is
    seen before anything has moved. The output holds the widget's view, which notebooks show, and a html twin from which
    the site runs the same module. No widget state is stored. `height_hint` and `height_hint_narrow` are the pixels that
    a page reserves for a wide and for a narrow column.
    """

    figure: str
    height_hint: int
    height_hint_narrow: int
    _css = _FOLDER / "live_figure.css"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take the module from the file that bears the figure's name."""
        if "figure" in vars(cls):
            cls._esm = _FOLDER / f"{cls.figure}.js"
        super().__init_subclass__(**kwargs)

    @property
    def state(self) -> dict[str, float]:
        """Return the figure's own traits in the order of their declaration."""
        declared = (item for cls in reversed(type(self).__mro__) for item in vars(cls).items())
        return {name: getattr(self, name) for name, trait in declared if isinstance(trait, Bounded)}

    def describe(self) -> str:
        """Return the sentence that stands under the figure until its module speaks."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return the call that makes this figure."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.state.items())})"

    def _repr_html_twin(self) -> str:
        state = html.escape(json.dumps(self.state))
        heights = f"--height:{self.height_hint}px;--height-narrow:{self.height_hint_narrow}px"
        return (
            f'<figure class="live-figure" data-figure="{self.figure}" data-state="{state}" style="{heights}">'
            f"<figcaption>{html.escape(self.describe())}</figcaption></figure>"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        data = {**data, "text/plain": repr(self)}
        if "google.colab" not in sys.modules:  # there the html would be shown in place of the widget
            data["text/html"] = self._repr_html_twin()
        return data, metadata

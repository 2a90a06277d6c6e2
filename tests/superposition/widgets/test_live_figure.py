"""The Python face of a live figure: its output, its state and what it says to bad input."""

import json
import re
import sys
import types
from html.parser import HTMLParser
from pathlib import Path

import pytest
import traitlets

from superposition import widgets
from superposition.widgets import Polygon
from superposition.widgets.live_figure import LiveFigure

FOLDER = Path(widgets.__file__).parent
VIEW = "application/vnd.jupyter.widget-view+json"


class Figures(HTMLParser):
    """Collects the figure element's attributes and the caption's text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "figure":
            self.attributes = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def bundle(figure: LiveFigure) -> dict:
    shown = figure._repr_mimebundle_()
    assert shown is not None
    return shown[0]


def test_one_output_has_a_widget_and_its_html_twin() -> None:
    data = bundle(Polygon(7, 0.1, 0.9, 3))
    twin = Figures(data["text/html"])
    assert data[VIEW]["model_id"]
    assert twin.attributes["class"] == "live-figure"
    assert twin.attributes["data-figure"] == "polygon"
    state = {"n_features": 7, "feature_probability": 0.1, "importance_decay": 0.9, "seed": 3}
    assert json.loads(twin.attributes["data-state"] or "") == state
    heights = f"--height:{Polygon.height_hint}px;--height-narrow:{Polygon.height_hint_narrow}px"
    assert twin.attributes["style"] == heights
    assert twin.text == (
        "7 features before training, in 2 dimensions: each is on with probability 0.1, "
        "and their arrows point at random."
    )


def test_the_plain_face_is_the_call_that_makes_it_and_never_changes() -> None:
    plain = bundle(Polygon())["text/plain"]
    assert plain == "Polygon(n_features=5, feature_probability=0.05, importance_decay=1.0, seed=0)"
    assert repr(eval(plain, {"Polygon": Polygon})) == plain


def test_two_equal_figures_store_the_same_html() -> None:
    assert bundle(Polygon())["text/html"] == bundle(Polygon())["text/html"]


def test_colab_gets_the_widget_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = Polygon()
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    assert set(bundle(figure)) == {VIEW, "text/plain"}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("n_features", 1, "n_features must be a whole number from 2 to 12, but got 1."),
        ("n_features", 2.5, "n_features must be a whole number from 2 to 12, but got 2.5."),
        ("n_features", "five", "n_features must be a whole number from 2 to 12, but got 'five'."),
        ("n_features", True, "n_features must be a whole number from 2 to 12, but got True."),
        ("feature_probability", 0, "feature_probability must be a number from 0.01 to 1.0, but got 0."),
        ("feature_probability", float("nan"), "feature_probability must be a number from 0.01 to 1.0, but got nan."),
        ("importance_decay", None, "importance_decay must be a number from 0.3 to 1.0, but got None."),
        ("seed", -1, "seed must be a whole number from 0 to 9999, but got -1."),
    ],
)
def test_bad_input_gets_one_sentence_and_changes_nothing(name: str, value: object, sentence: str) -> None:
    figure = Polygon()
    before = repr(figure)
    with pytest.raises(traitlets.TraitError) as caught:
        setattr(figure, name, value)
    assert str(caught.value) == sentence
    assert repr(figure) == before


def test_bad_input_gets_the_same_sentence_at_the_start() -> None:
    with pytest.raises(traitlets.TraitError, match=r"^n_features must be a whole number from 2 to 12, but got 40\.$"):
        Polygon(n_features=40)


def test_a_probability_of_one_stays_a_float_so_that_the_plain_face_is_stable() -> None:
    assert repr(Polygon(feature_probability=1)) == repr(Polygon(feature_probability=1.0))


def test_the_widget_sends_the_packages_own_module_and_style() -> None:
    figure = Polygon()
    assert str(figure._esm) == (FOLDER / "polygon.js").read_text("utf-8")
    assert str(figure._css) == (FOLDER / "live_figure.css").read_text("utf-8")


def test_a_subclass_must_say_what_is_seen() -> None:
    class Silent(LiveFigure):
        figure = "polygon"
        height_hint = height_hint_narrow = 100

    with pytest.raises(NotImplementedError):
        Silent()._repr_mimebundle_()


@pytest.mark.parametrize("module", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_a_module_imports_nothing_and_names_no_address(module: Path) -> None:
    text = module.read_text("utf-8")
    addresses = re.findall(r"https?://[^\s\"'`]+", text)
    assert not re.search(r"^\s*import\b|\bimport\s*\(|\bfetch\s*\(", text, re.MULTILINE)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}
    assert re.search(r"^export default \{ render \};$", text, re.MULTILINE)


def test_colours_in_a_notebook_are_the_pages() -> None:
    """The style's two palettes are those of the site's tokens, colour by colour."""
    rules = re.compile(r"([^{}]*)\{([^{}]*)\}")
    colour = re.compile(r"(--[\w-]+):\s*(#[0-9A-Fa-f]{6})")
    tokens = Path(__file__).resolve().parents[3] / "book" / "static" / "tokens.css"
    pages = [dict(colour.findall(body)) for _, body in rules.findall(tokens.read_text("utf-8")) if colour.search(body)]
    style = (FOLDER / "live_figure.css").read_text("utf-8")
    own = [dict(colour.findall(body)) for _, body in rules.findall(style) if colour.search(body)]
    assert len(own) == len(pages) == 2
    for mine, theirs in zip(own, pages, strict=True):
        assert mine == {name: theirs[name] for name in mine}
        assert mine.keys() >= set(re.findall(r"var\((--(?!height|sans|small|radius|filled|importance)[\w-]+)\)", style))

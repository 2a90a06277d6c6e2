import json
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from superposition import plots
from superposition.plots import style


@pytest.fixture(autouse=True)
def _closed_figures():
    with mpl.rc_context():
        yield
    plt.close("all")


def luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("role", ["ink", "muted", "accent", "plus", "minus", "attention"])
def test_colours_of_text_are_readable_on_paper(role):
    assert contrast(style.ROLE[role], style.PAPER) >= 4.5


def test_zero_of_the_signed_map_is_paper():
    norm = style.signed_norm(3)
    assert to_hex(mpl.colormaps["signed"](norm(0.0)), keep_alpha=False) == style.PAPER.lower()
    assert (norm(-3.0), norm(3.0)) == (0.0, 1.0)


@pytest.mark.parametrize("name", ["importance", "pattern"])
def test_ordered_maps_darken_steadily_so_that_they_read_in_grey(name):
    shades = [luminance(mpl.colormaps[name](value)) for value in np.linspace(0, 1, 30)]
    assert all(np.diff(shades) < 0)


def test_marks_of_the_least_importance_stand_out_from_paper():
    assert contrast(style.importance_color(0), style.PAPER) > 2
    assert style.importance_color(1) == mpl.colormaps["importance"](1.0)


def test_use_style_loads_sheet_and_fonts():
    plots.use_style()
    assert mpl.rcParams["figure.figsize"] == [7.2, 3.6]
    assert to_hex(mpl.rcParams["figure.facecolor"]) == style.PAPER.lower()
    assert "Public Sans" in {font.name for font in mpl.font_manager.fontManager.ttflist}


def test_use_style_asks_a_notebook_for_retina_figures_of_exact_width(monkeypatch):
    asked = []

    class Shell:
        def run_line_magic(self, *line):
            asked.append(line)

    monkeypatch.setattr("IPython.core.getipython.get_ipython", Shell)
    plots.use_style()
    assert asked == [
        ("config", "InlineBackend.figure_formats = ['retina']"),
        ("config", "InlineBackend.print_figure_kwargs = {'bbox_inches': None}"),
    ]


def test_helpers_draw_what_they_say():
    fig, ax = plt.subplots()
    label = style.label_end(ax, 1, 2, "name", style.PLUS)
    assert (label.get_text(), label.get_color(), label.xy) == ("name", style.PLUS, (1, 2))
    assert style.arrow(ax, (0.5, 0.5), style.INK).xy == (0.5, 0.5)
    image = ax.imshow(np.eye(2), cmap="signed", norm=style.signed_norm(2))
    bar = style.signed_bar(fig, image, ax, 2, ("opposed", "aligned"))
    assert [tick.get_text() for tick in bar.ax.get_xticklabels()] == ["−2 opposed", "0", "+2 aligned"]
    assert not style.bare(ax).spines["left"].get_visible()


def test_the_palette_is_data_that_the_site_can_read():
    assert json.loads((Path(style.__file__).parent / "palette.json").read_text()) == style.ROLE

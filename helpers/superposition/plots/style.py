"""The look of every figure: colours by role, three colour maps, and the drawing habits that figures share.

One inch is 100 CSS pixels, so a figure 7.2 inches wide fills the page's column. Colours have one meaning throughout
the book: ink is the sum or the result, plus and minus are signs, accent marks what can be touched and is never data.
"""

import json
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.text import Annotation

_FOLDER = Path(__file__).parent
ROLE = json.loads((_FOLDER / "palette.json").read_text())
PAPER, SURFACE, RULE, FAINT, MUTED, INK, ACCENT, PLUS, MINUS, ATTENTION = (
    ROLE[role] for role in ("paper", "surface", "rule", "faint", "muted", "ink", "accent", "plus", "minus", "attention")
)
CATEGORY = ROLE["category"]

for _name in ("importance", "signed", "pattern"):
    # an odd number of levels, so that the middle of a signed map is exactly the colour of paper
    mpl.colormaps.register(LinearSegmentedColormap.from_list(_name, ROLE[_name], N=257), name=_name, force=True)


def use_style() -> None:
    """Load the book's fonts and style sheet; in a notebook, also draw at twice the page's pixels."""
    for font in (_FOLDER / "fonts").glob("*.ttf"):
        font_manager.fontManager.addfont(font)
    plt.style.use(_FOLDER / "book.mplstyle")
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.run_line_magic("config", "InlineBackend.figure_formats = ['retina']")
        shell.run_line_magic("config", "InlineBackend.print_figure_kwargs = {'bbox_inches': None}")


def importance_color(value: float) -> tuple[float, float, float, float]:
    """Colour a mark whose importance is in [0, 1]; the palest fifth of the map is left to filled areas."""
    return mpl.colormaps["importance"](0.2 + 0.8 * float(value))


def signed_norm(limit: float) -> Normalize:
    """Scale from -limit to +limit, so that zero is always the colour of paper."""
    return Normalize(-limit, limit)


def label_end(ax: Axes, x: float, y: float, text: str, color: str, dx: float = 6, dy: float = 0) -> Annotation:
    """Write the name of a line beside its end, in the line's colour, instead of a legend."""
    return ax.annotate(
        text, (x, y), xytext=(dx, dy), textcoords="offset points", color=color, fontweight="bold", va="center"
    )


def bare(ax: Axes) -> Axes:
    """Remove ticks, spines and labels and keep equal units, for matrices, fields and vectors."""
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set_visible(False)
    return ax


def arrow(ax: Axes, tip: tuple[float, float], color: str | tuple, width: float = 2.4, head: float = 9) -> Annotation:
    """Draw one vector from the origin to its tip."""
    shape = f"-|>,head_length={head / 20},head_width={head / 36}"
    style = {"arrowstyle": shape, "color": color, "lw": width, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 10}
    return ax.annotate("", tip, (0, 0), zorder=3, arrowprops=style)


def signed_bar(
    fig: Figure,
    mappable: ScalarMappable,
    axes: Axes | np.ndarray,
    limit: float,
    words: tuple[str, str],
    shrink: float = 0.55,
) -> Colorbar:
    """Add a horizontal colour bar with ticks at -limit, 0 and +limit, and a word at each end."""
    ticks = [-limit, 0, limit]
    bar = fig.colorbar(mappable, ax=axes, ticks=ticks, location="bottom", aspect=46, shrink=shrink, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, pad=4)
    bar.ax.set_xticklabels([f"\u2212{limit:g} {words[0]}", "0", f"+{limit:g} {words[1]}"])
    return bar

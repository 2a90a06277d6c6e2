"""Drawings of phases: who is kept where, what each way of keeping costs, and how the count climbs with rarity."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator
from numpy.typing import ArrayLike

from superposition.plots.style import CATEGORY, FAINT, INK, MUTED, PAPER, RULE, arrow, bare, label_end

# by the number of the phase: keep the first, keep the second, both head to head
PHASE_COLORS = (CATEGORY[2], CATEGORY[4], CATEGORY[0])
PHASE_NAMES = ("keep the first", "keep the second", "both, head to head")
CUT_COLORS = (PHASE_COLORS[0], PHASE_COLORS[2], INK)  # one feature, the stiff pair, the free network
PAIR_COLORS = (INK, CATEGORY[1])
PALE = 0.3
Label = tuple[float, float, float]  # where along x a line's name stands, and by how many points it is moved


def mark(ax: Axes, x: float, name: str, height: float = 0.03) -> Axes:
    """Draw a quiet upright line with its name beside it, `height` of the way up."""
    ax.axvline(x, color=FAINT, lw=1.2, ls=(0, (4, 3)), zorder=0)
    ax.text(x, height, f" {name}", color=MUTED, va="bottom", transform=ax.get_xaxis_transform())
    return ax


def draw_use(ax: Axes, weights: Sequence[float], title: str) -> Axes:
    """Draw one hidden number as a line, and on it an arrow with a name for each feature that it is used for."""
    bare(ax)
    ax.plot([-1.4, 1.4], [0, 0], color=RULE, lw=1.2, zorder=0)
    for index, (weight, color) in enumerate(zip(weights, PHASE_COLORS, strict=False)):
        if weight:
            arrow(ax, (weight, 0), color)
            ax.text(weight / 2, 0.1, f"$x_{index + 1}$", color=color, size=14, ha="center", va="bottom")
    ax.plot(0, 0, "o", ms=5, color=INK, zorder=5)
    ax.set(xlim=(-1.4, 1.4), ylim=(-0.15, 0.55))
    ax.set_title(title, loc="center")
    return ax


def draw_lines(ax: Axes, x: ArrayLike, lines: dict[str, ArrayLike], labels: dict[str, Label], colors: Sequence) -> Axes:
    """Plot named lines, each name beside its line; a line in ink is the result and thicker. NaN breaks a line."""
    places = np.asarray(x, dtype=float)
    for (name, values), color in zip(lines.items(), colors, strict=False):
        heights = np.asarray(values, dtype=float)
        ax.plot(places, heights, color=color, lw=2.4 if color == INK else 1.8, solid_capstyle="butt")
        at, dx, dy = labels[name]
        ordered = np.argsort(places)
        label = label_end(ax, at, float(np.interp(at, places[ordered], heights[ordered])), name, color, dx, dy)
        label.set_horizontalalignment("right" if dx < 0 else "left")
    return ax


def with_gap(x: ArrayLike, values: ArrayLike, at: float) -> tuple[np.ndarray, np.ndarray]:
    """Break lines at a jump: insert NaN at `at` into rows of values that belong to rising x."""
    places, rows = np.asarray(x, dtype=float), np.asarray(values, dtype=float)
    cut = int(np.searchsorted(places, at))
    return np.insert(places, cut, at), np.insert(rows, cut, np.nan, axis=0)


def draw_candidates(ax: Axes, p: ArrayLike, losses: ArrayLike, title: str, labels: dict[int, tuple]) -> Axes:
    """Plot the losses of the three candidates against p, one row a probability, over a broad band at the cheapest.

    `labels[index]` is the name of a candidate's line, followed by the numbers of a Label; the others stay unnamed.
    """
    values = np.asarray(losses)
    ax.plot(p, values.min(-1), color=INK, lw=7, alpha=0.13, solid_capstyle="butt")
    for index, (column, color) in enumerate(zip(values.T, PHASE_COLORS, strict=True)):
        name, *label = labels.get(index, ("", 0, 0, 0))
        draw_lines(ax, p, {name: column}, {name: tuple(label)}, [color])
    ax.set_title(title)
    ax.set(xlim=(0, 1), ylim=(0, None), xlabel="feature probability $p$")
    return ax


def draw_phases(ax: Axes, p: ArrayLike, r: ArrayLike, phase: ArrayLike) -> Axes:
    """Colour the plane of probability (rare to the right) and importance by the phase; `phase` is (p, r)."""
    tints = ListedColormap([_tint(color) for color in PHASE_COLORS])
    ax.pcolormesh(np.asarray(p), np.asarray(r), np.asarray(phase).T, cmap=tints, vmin=0, vmax=2, shading="nearest")
    ax.set(yscale="log", ylim=(0.1, 10), ylabel="importance $r$ of the second feature")
    ax.set_yticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
    rarer_to_the_right(ax, [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01])
    for (x, y), name, color in zip(((0.9, 0.14), (0.9, 7), (0.08, 1)), PHASE_NAMES, PHASE_COLORS, strict=True):
        text = ax.text(x, y, name, color=[0.7 * part for part in to_rgb(color)], fontweight="bold", va="center")
        text.set(zorder=5, path_effects=[withStroke(linewidth=4, foreground=_tint(color))])
    return ax


def _tint(color: str) -> tuple[float, ...]:
    return tuple(PALE * part + (1 - PALE) * paper for part, paper in zip(to_rgb(color), to_rgb(PAPER), strict=True))


def rarer_to_the_right(ax: Axes, ticks: Sequence[float]) -> Axes:
    """Let an axis of probabilities fall from left to right on a logarithmic scale, with plain numbers."""
    ax.set(xscale="log", xlim=(max(ticks), min(ticks)), xlabel="feature probability $p$ (rarer to the right)")
    ax.set_xticks(ticks, [f"{value:g}" for value in ticks])
    ax.minorticks_off()
    return ax


def draw_border(ax: Axes, p: ArrayLike, r: ArrayLike) -> Axes:
    """Draw the border of the phases as a line in ink."""
    ax.plot(p, r, color=INK, lw=2.4, zorder=3)
    return ax


def draw_place(ax: Axes, p: float, r: float, name: str) -> Axes:
    """Mark one place of the plane with a ring and a name."""
    ax.plot(p, r, "o", ms=9, mfc=PAPER, mec=INK, mew=1.8, zorder=4)
    ax.annotate(name, (p, r), xytext=(-9, 0), textcoords="offset points", color=INK, ha="right", va="center")
    return ax


def draw_found(ax: Axes, p: ArrayLike, r: ArrayLike, phase: ArrayLike, expected: ArrayLike) -> Axes:
    """Put one dot a model on the plane, coloured by its phase; a model that is not as expected has a ring of ink."""
    probability, importance = np.meshgrid(np.asarray(p), np.asarray(r), indexing="ij")
    found, agrees = np.asarray(phase), np.asarray(phase) == np.asarray(expected)
    for index, color in enumerate(PHASE_COLORS):
        for chosen, size, rim in ((agrees, 3.2, 0.0), (~agrees, 8.0, 1.6)):
            here = chosen & (found == index)
            ax.plot(probability[here], importance[here], "o", ms=size, color=color, mec=INK, mew=rim, clip_on=False)
    return ax


def draw_one_sided(ax: Axes, x: ArrayLike, heard: ArrayLike, overlaps: Sequence[float], title: str) -> Axes:
    """Plot what another feature reports while this one is on at x, one line an overlap; `heard` is (overlap, x)."""
    ax.axhline(0, color=FAINT, lw=0.8)
    for values, overlap, color in zip(
        np.asarray(heard), overlaps, (CATEGORY[4], CATEGORY[2], CATEGORY[1]), strict=True
    ):
        ax.plot(x, values, color=color, lw=2.4, alpha=0.9)
        if values[-1] > 0:
            label = label_end(ax, 1, float(values[-1]), f"overlap {overlap:g}".replace("-", "−"), color, dx=-4, dy=10)
            label.set_horizontalalignment("right")
    ax.set_title(title.replace("-", "−"))
    ax.set(xlim=(0, 1), ylim=(-0.02, 0.4), xlabel="$x$ of the feature that is on")
    return ax


def draw_counts(ax: Axes, rarity: ArrayLike, counts: ArrayLike, best: ArrayLike) -> Axes:
    """Plot how many features are kept against 1/p: a dot for each single start, a line of ink for the best of many.

    `counts` is (rarity, start), drawn a little apart; `best` has one count a rarity.
    """
    values, places = np.asarray(counts), np.asarray(rarity, dtype=float)
    ax.plot(places, best, color=INK, lw=2.4, drawstyle="steps-mid")
    for start, shift in enumerate(np.linspace(-0.09, 0.09, values.shape[1])):
        ax.plot(places * np.exp(shift), values[:, start], "o", ms=5, color=CATEGORY[0], mec=PAPER, mew=0.8)
    ax.set(xscale="log", xlabel="how rare: $1/p$", ylabel="features kept")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xticks(places, [f"{value:g}" for value in places])
    ax.minorticks_off()
    return ax


def draw_plane(ax: Axes, W: ArrayLike, title: str = "") -> Axes:
    """Draw the columns of a (2, n) matrix as arrows of one colour over the unit circle."""
    turn = np.linspace(0, 2 * np.pi, 200)
    bare(ax)
    ax.plot(np.cos(turn), np.sin(turn), color=RULE, lw=1, zorder=0)
    for x, y in np.asarray(W).T:
        if np.hypot(x, y) > 0.1:  # a shorter arrow would be all head
            arrow(ax, (x, y), CATEGORY[0], width=2, head=7)
    ax.plot(0, 0, "o", ms=3, color=INK, zorder=5)
    ax.set(xlim=(-1.35, 1.35), ylim=(-1.35, 1.35))
    ax.set_title(title, loc="center", pad=3)
    return ax


def draw_plateaus(ax: Axes, rarity: ArrayLike, dims: ArrayLike, levels: dict[float, str]) -> Axes:
    """Plot dimensions per feature against 1/p, one thin line a seed, over named levels; dims is (rarity, seed)."""
    for level, name in levels.items():
        ax.axhline(level, color=RULE, lw=1.2, zorder=0)
        ax.annotate(name, (1, level), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                    va="center", color=MUTED)  # fmt: skip
    ax.plot(rarity, dims, color=CATEGORY[0], lw=0.9, alpha=0.6)
    ax.plot(rarity, dims, "o", ms=4.5, color=CATEGORY[0], mec=PAPER, mew=0.6)
    ax.set(xscale="log", ylim=(0, 1.1), xlabel="how rare: $1/p$", ylabel="dimensions per feature $D^*$")
    return ax


def draw_jumps(ax: Axes, steps: ArrayLike, losses: ArrayLike, levels: dict[float, str]) -> Axes:
    """Plot the loss of several runs over the steps of training, (steps, run), on a log scale over named levels."""
    places = np.asarray(steps)
    for level, name in levels.items():
        ax.axhline(level, color=RULE, lw=1.2, zorder=0)
        ax.annotate(name, (1, level), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                    va="center", color=MUTED)  # fmt: skip
    for values, color in zip(np.asarray(losses).T, CATEGORY, strict=False):
        ax.plot(places, values, color=color, lw=1.8)
    ax.set(yscale="log", xlim=(0, float(places[-1])), xlabel="training step", ylabel="loss")
    plain_heights(ax, (1, 2, 5))
    ax.minorticks_off()
    return ax


def draw_growth(ax: Axes, sizes: ArrayLike, seconds: dict[str, ArrayLike], size: str, *, named: bool) -> Axes:
    """Plot the time of a training step against one size, both logarithmic, one line an engine, named if wished."""
    places = np.asarray(sizes, dtype=float)
    for (name, values), color in zip(seconds.items(), (CATEGORY[1], INK), strict=True):
        heights = np.asarray(values, dtype=float)
        ax.plot(places, heights, "o-", color=color, ms=4.5, mec=PAPER, mew=0.6, lw=1.8)
        if named and color == INK:  # below its line, where there is room
            label_end(ax, float(places[2]), float(heights[2]), name, color, dx=6, dy=-9)
        elif named:
            label_end(ax, float(places[-2]), float(heights[-2]), name, color, dx=-8, dy=4).set_horizontalalignment(
                "right"
            )
    ax.set(xscale="log", yscale="log", xlabel=size)
    shown = places[:: (len(places) + 3) // 4]
    ax.set_xticks(shown, [f"{value:g}" for value in shown])
    plain_heights(ax, (1,))
    ax.minorticks_off()
    return ax


def plain_heights(ax: Axes, digits: Sequence[float]) -> Axes:
    """Write the numbers of a logarithmic y axis out, at these first digits of every decade."""
    ax.yaxis.set_major_locator(LogLocator(subs=digits))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    return ax

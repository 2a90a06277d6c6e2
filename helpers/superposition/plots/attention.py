"""Drawings of attention: patterns, weighted sums in the plane, named curves, and what is read from a mixture."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import ArrayLike

from superposition.plots.style import ATTENTION, CATEGORY, FAINT, INK, MUTED, PAPER, PLUS, RULE, bare, label_end


def draw_pattern(ax: Axes, pattern: ArrayLike, names: Sequence[str] = (), title: str = "") -> AxesImage:
    """Draw a pattern, one row a query and one column a key, from paper (0) to violet (1).

    With `names` each row and column bears a token's name and each cell its weight.
    """
    weights = np.asarray(pattern)
    image = ax.imshow(weights, cmap="pattern", vmin=0, vmax=1)
    bare(ax)
    n_queries, n_keys = weights.shape
    ax.add_patch(Rectangle((-0.5, -0.5), n_keys, n_queries, fill=False, ec=RULE, lw=0.8, clip_on=False))
    ax.set_title(title)
    if names:
        ax.tick_params(length=0)
        ax.set_xticks(range(n_keys), names)
        ax.set_yticks(range(n_queries), names)
        for (row, column), weight in np.ndenumerate(weights):
            ink = PAPER if weight > 0.5 else INK
            ax.text(column, row, f"{weight:.2f}", ha="center", va="center", color=ink, fontsize=10.5)
    return image


def draw_weighted_sum(ax: Axes, values: ArrayLike, weights: ArrayLike, names: Sequence[str], title: str = "") -> Axes:
    """Draw the values of one query as discs that grow with weight, with their outline and their weighted sum in ink.

    The sum lies inside the hull of the values, wherever the weights come from. The outline is that hull as long as no
    value lies within the others'.
    """
    points, share = np.asarray(values), np.asarray(weights)
    total = share @ points
    around = np.arctan2(*(points - points.mean(0)).T)
    ax.add_patch(Polygon(points[around.argsort()], fc=RULE, ec=FAINT, alpha=0.35, lw=0.8, zorder=0))
    for point, weight, name in zip(points, share, names, strict=True):
        ax.plot(*zip(total, point, strict=True), color=ATTENTION, lw=0.6 + 5 * weight, alpha=0.35, zorder=1)
        ax.plot(*point, "o", ms=5 + 13 * weight, color=ATTENTION, mec=PAPER, mew=0.8, zorder=2)
        away = (13 + 6 * weight) * outwards(point - points.mean(0))
        ax.annotate(name, point, xytext=away, textcoords="offset points", ha="center", va="center", color=MUTED)
    ax.plot(*total, "o", ms=9, color=INK, mec=PAPER, mew=1, zorder=3)
    bare(ax).margins(0.25)
    ax.set_title(title)
    return ax


def outwards(step: np.ndarray) -> np.ndarray:
    """Return the direction of a step in the plane, stretched sideways so that words clear what they stand beside."""
    return np.array([1.4, 1.0]) * step / max(float(np.hypot(*step)), 1e-9)


def draw_named_curves(
    ax: Axes,
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    labels: Mapping[str, tuple[int, int, int]],
    dodge: float = 1.0,
) -> Axes:
    """Draw one line a name, in the order of the category colours, the last in ink because it is the result.

    A curve with a second axis is drawn as its mean, with one dot for each entry. `labels[name]` says beside which point
    the name stands and how many points of type to the right and above. Each curve is drawn `dodge` times as far right
    as the one before, so that dots of equal height do not hide one another.
    """
    colors = [*CATEGORY[: len(curves) - 1], INK]
    for rank, ((name, curve), color) in enumerate(zip(curves.items(), colors, strict=True)):
        heights, places = np.asarray(curve), np.asarray(x) * dodge ** (rank - len(curves) // 2)
        middle = heights if heights.ndim == 1 else heights.mean(1)
        ax.plot(places, middle, color=color, lw=3.2 if color == INK else 1.8, zorder=1.5 if color == INK else 2)
        if heights.ndim > 1:
            ax.plot(places, heights, "o", color=color, ms=5, mec=PAPER, mew=0.6)
        index, right, above = labels[name]
        label_end(ax, places[index], middle[index], name, color, dx=right, dy=above)
    return ax


def draw_defects(ax: Axes, defects: Mapping[str, ArrayLike], floor: float = 1e-15) -> Axes:
    """Place each defect on a logarithmic line, one dot a draw: rounding far left, failure right.

    What is smaller than `floor` is rounding, another number on each machine, and is set on it.
    """
    for height, measured in enumerate(reversed(list(defects.values()))):
        found = np.maximum(np.asarray(measured, dtype=float), floor)
        ax.plot([floor, found.max()], [height, height], color=RULE, lw=1.2, zorder=0)
        ax.plot(found, np.full(len(found), height), "o", ms=8, color=INK, alpha=0.75, mec=PAPER, mew=0.8, clip_on=False)
    ax.set_yticks(range(len(defects)), list(defects)[::-1])
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0, pad=10)  # past the half of a dot that hangs over
    ax.set(xscale="log", xlim=(floor, 10), ylim=(-0.6, len(defects) - 0.4))
    return ax


def draw_reading(ax: Axes, truth: ArrayLike, heard: ArrayLike, title: str) -> Axes:
    """Stand each feature's read-out as a bar: ink where something is, warm where nothing is; rings at the truth."""
    there, read = np.asarray(truth), np.asarray(heard)
    place = np.arange(1, len(there) + 1)
    ax.axhline(0, color=FAINT, lw=0.8)
    ax.bar(place, read, width=0.9, color=np.where(there > 0, INK, PLUS))
    ax.plot(place[there > 0], there[there > 0], "o", ms=7, mfc="none", mec=MUTED, mew=1.4)
    ax.set_title(title)
    ax.set(ylim=(-0.75, 1.15), yticks=[-0.5, 0, 0.5, 1])
    return ax


def draw_smoother(ax: Axes, x: ArrayLike, y: ArrayLike, grid: ArrayLike, curve: ArrayLike, title: str) -> Axes:
    """Draw measured points and the curve that attention reads from them, in ink."""
    ax.plot(np.asarray(x), np.asarray(y), "o", ms=4, color=ATTENTION, alpha=0.7, mew=0)
    ax.plot(np.asarray(grid), np.asarray(curve), color=INK, lw=2.4)
    ax.set_title(title)
    return ax

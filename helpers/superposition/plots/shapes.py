"""Drawings of shapes: figures in the plane and in space, shares of dimensions, costs of polygons, paths of training."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from superposition.plots.style import CATEGORY, FAINT, INK, MUTED, PAPER, RULE, bare, label_end, signed_norm

VIEW = (0.42, 0.45)  # a turn about the upright axis, then a tilt towards the reader, in radians


def view(W: ArrayLike, turn: float = VIEW[0], tilt: float = VIEW[1]) -> np.ndarray:
    """Turn points of space for drawing: rows are right, up and towards the reader. Points of the plane stay put."""
    points = np.asarray(W, dtype=float)
    if len(points) == 2:
        return np.vstack([points, np.zeros_like(points[0])])
    x, y, z = points
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    return np.stack([x, z * np.cos(tilt) + y * np.sin(tilt), z * np.sin(tilt) - y * np.cos(tilt)])


def edges(W: ArrayLike) -> list[tuple[int, int]]:
    """Join each corner to those nearest to it: pairs whose cosine is within .25 of the largest at either end."""
    points = np.asarray(W, dtype=float)
    unit = points / np.linalg.norm(points, axis=0)
    cosines = unit.T @ unit - 3 * np.eye(unit.shape[1])
    nearest = cosines.max(axis=1)
    pairs = zip(*np.triu_indices(unit.shape[1], 1), strict=True)
    return [(int(i), int(j)) for i, j in pairs if cosines[i, j] > min(nearest[i], nearest[j]) - 0.25]


def draw_solid(ax: Axes, W: ArrayLike, title: str = "", note: str = "") -> Axes:
    """Draw the columns of W as spokes from the origin, neighbours joined; what is far away is paler."""
    right, up, near = view(W)
    bare(ax)
    for i, j in edges(W):
        ax.plot(right[[i, j]], up[[i, j]], color=FAINT, lw=1.1, zorder=1)
    for x, y, depth in sorted(zip(right, up, near, strict=True), key=lambda point: point[2]):
        strength = 0.55 + 0.45 * (depth + 1) / 2
        ax.plot([0, x], [0, y], color=CATEGORY[0], lw=2.2, alpha=strength, zorder=2 + depth)
        ax.plot(x, y, "o", ms=5 + 2 * depth, color=CATEGORY[0], alpha=strength, mec=PAPER, mew=0.8, zorder=3 + depth)
    ax.plot(0, 0, "o", ms=3, color=INK, zorder=5)
    ax.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
    ax.set_title(title, loc="center", pad=4)
    ax.text(0.5, -0.02, note, transform=ax.transAxes, ha="center", va="top", color=MUTED)
    return ax


def draw_blocks(ax: Axes, matrix: ArrayLike, title: str, note: str = "") -> AxesImage:
    """Draw cosines between features, sorted so that blocks stand along the diagonal."""
    image = ax.imshow(np.asarray(matrix), cmap="signed", norm=signed_norm(1))
    bare(ax)
    ax.set_title(title, pad=5)
    ax.set_xlabel(note)
    return image


def draw_shares(ax: Axes, rarity: ArrayLike, D: ArrayLike, levels: dict[float, str]) -> Axes:
    """Plot the share of every feature of every model against how rare the features are, over named levels.

    `D` has shape (rarities, models, features). Features of one model are spread a little, so that none hides another.
    """
    values, places = np.asarray(D), np.asarray(rarity)
    for level, name in levels.items():
        ax.axhline(level, color=RULE, lw=1.2, zorder=0)
        ax.annotate(name, (1, level), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                    va="center", color=MUTED)  # fmt: skip
    n_models, n_features = values.shape[1:]
    spread = np.linspace(-0.045, 0.045, n_models * n_features)
    for place, shares in zip(places, values, strict=True):
        ax.plot(place * np.exp(spread), shares.ravel(), "o", ms=2.2, color=CATEGORY[0], alpha=0.5, mew=0)
    ax.set(xscale="log", ylim=(-0.03, 1.05), ylabel="share $D_i$ of a feature")
    return ax


def draw_budget(ax: Axes, rarity: ArrayLike, sums: ArrayLike, d_hidden: int) -> Axes:
    """Plot the sum of all shares of each model against the number of dimensions."""
    ax.axhline(d_hidden, color=INK, lw=2.4)
    ax.plot(rarity, sums, "o", ms=5, color=CATEGORY[0], mec=PAPER, mew=0.8)
    ax.set(xscale="log", ylim=(0, 1.15 * d_hidden), yticks=[0, d_hidden], ylabel="sum of shares")
    ax.set_xlabel("how rare: $1/p$")
    return ax


def rarity_ticks(ax: Axes, ticks: ArrayLike) -> None:
    """Write 1/p as plain numbers, and nothing between."""
    ax.set_xticks(ticks, [f"{value:g}" for value in np.asarray(ticks)])
    ax.minorticks_off()


def draw_costs(ax: Axes, corners: list[int], costs: list[float], trained: tuple[int, float], title: str) -> Axes:
    """Plot what a polygon with so many corners costs, the other features dead, and where training ended."""
    ax.plot(corners, costs, "o-", color=INK, lw=1.4, mec=PAPER, mew=0.8)
    ax.plot(*trained, "o", ms=13, mfc="none", mec=CATEGORY[1], mew=2)
    ax.set_title(title)
    ax.set_xticks(np.asarray(corners))
    ax.set(xlim=(min(corners) - 0.4, max(corners) + 0.4), ylim=(0, 1.12 * max(costs)), xlabel="corners")
    return ax


def draw_paths(ax: Axes, steps: ArrayLike, values: ArrayLike, title: str, level: float | None = None) -> Axes:
    """Plot one line a feature over the steps of a training, with a level to compare with."""
    if level is not None:
        ax.axhline(level, color=FAINT, lw=1.2, ls=(0, (4, 3)))
    ax.plot(steps, values, color=CATEGORY[0], lw=1.6, alpha=0.8)
    ax.set_title(title)
    ax.set(xlabel="training step", xlim=(0, None))
    return ax


def draw_forces(ax: Axes, cosine: ArrayLike, forces: dict[str, ArrayLike]) -> Axes:
    """Plot what a pair costs against its cosine, each curve scaled to 1 at its right end."""
    places = np.asarray(cosine)
    ax.axvline(0, color=RULE, lw=1)
    looks = ((MUTED, 0.6, True), (CATEGORY[1], 0.2, True), (INK, 0.35, False))
    for (name, force), (color, level, to_the_left) in zip(forces.items(), looks, strict=False):
        heights = np.asarray(force) / np.asarray(force)[-1]
        ax.plot(places, heights, color=color, lw=2.4 if color == INK else 1.8)
        at = float(np.interp(level, heights, places))
        label = label_end(ax, at, level, name, color, dx=-8 if to_the_left else 8)
        label.set_horizontalalignment("right" if to_the_left else "left")
    ax.set(xlabel="cosine between the two directions", ylabel="cost of the pair", ylim=(-0.03, 1.03))
    ax.set_yticks([0, 1])
    return ax

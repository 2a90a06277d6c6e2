"""Drawings of toy models: samples, Gram matrices, losses, biases, lengths and small sets of directions."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from superposition.plots.style import (
    CATEGORY,
    FAINT,
    INK,
    MUTED,
    PAPER,
    PLUS,
    RULE,
    arrow,
    bare,
    importance_color,
    label_end,
    signed_norm,
)

MODEL_COLORS = {"linear": INK, "ReLU": CATEGORY[0], "hidden ReLU": CATEGORY[1]}
SHORTEST_ARROW = 0.1  # a shorter one would be all head


def draw_matrix(ax: Axes, matrix: ArrayLike, title: str = "", note: str = "", limit: float = 1.0) -> AxesImage:
    """Draw a matrix on the signed map, with a bold title on the left and a quiet note on the right.

    Zero is paper, so samples of sparse features and Gram matrices both show what is there and hide what is not.
    """
    values = np.asarray(matrix)
    image = ax.imshow(values, cmap="signed", norm=signed_norm(limit))
    bare(ax)
    n_rows, n_columns = values.shape
    ax.add_patch(Rectangle((-0.5, -0.5), n_columns, n_rows, fill=False, ec=RULE, lw=0.8, clip_on=False))
    ax.set_title(title, pad=5)
    ax.set_title(note, loc="right", color=MUTED, fontweight=400, fontsize=10.5, pad=5)
    return image


def draw_losses(ax: Axes, feature_probability: ArrayLike, ratios: dict[str, ArrayLike], floor: float) -> Axes:
    """Plot each model's loss as a share of the best linear loss, one dot a seed, from dense (left) to sparse.

    `ratios[name]` has one row a probability and one column a seed; `floor` is the ratio of predicting the mean.
    """
    p = np.asarray(feature_probability)
    ax.axhline(1, color=INK, lw=2.4)
    ax.axhline(floor, color=FAINT, lw=1.2, ls=(0, (4, 3)))
    label_end(ax, p.max(), floor, "predict the mean, store nothing", MUTED, dx=0, dy=9).set_fontweight("normal")
    label_end(ax, p.max(), 1, "best linear model, exact", INK, dx=0, dy=9)
    for name, ratio in ratios.items():
        values = np.asarray(ratio)
        ax.plot(p, values.mean(1), color=MODEL_COLORS[name], lw=1.2)
        ax.plot(p, values, "o", color=MODEL_COLORS[name], mec=PAPER, mew=0.8, ms=6)
        label_end(ax, p.min(), values[p.argmin()].mean(), name, MODEL_COLORS[name])
    ax.set(xscale="log", xlim=(p.max() * 1.05, p.min() * 0.55), ylim=(0.5, floor + 0.08))
    ax.set_xticks(p, [f"{value:g}" for value in p])
    ax.minorticks_off()
    ax.set(xlabel="feature probability $p$ (sparser to the right)", ylabel="loss / best linear loss")
    return ax


def draw_bias(ax: Axes, b: ArrayLike, color: str, title: str, ticks: dict[float, str]) -> Axes:
    """Plot one bias a feature, most important first, with named levels on the axis."""
    values = np.asarray(b)
    ax.axhline(0, color=FAINT, lw=0.8)
    ax.plot(np.arange(1, len(values) + 1), values, "o", color=color, ms=4.5, mec=PAPER, mew=0.5)
    ax.set(title=title, xlabel="feature, most important first")
    ax.set_xticks([1, 10, 20, 30, 40])
    ax.set_yticks(list(ticks), list(ticks.values()))
    return ax


def draw_lengths(ax: Axes, lengths: ArrayLike, importance: ArrayLike, threshold: float, title: str) -> Axes:
    """Stand one bar a feature, coloured by importance, with the line above which we call it kept."""
    heights, weight = np.asarray(lengths), np.asarray(importance)
    colors = [importance_color(value) for value in weight]
    ax.bar(np.arange(1, len(heights) + 1), heights, width=0.8, color=colors)
    ax.axhline(threshold, color=INK, lw=1, ls=(0, (4, 3)))
    ax.set_title(title)
    ax.set_title(f"{(heights > threshold).sum()} kept", loc="right", color=MUTED, fontweight=400, fontsize=10.5)
    ax.set_yticks([0, 0.5, 1])
    ax.set_xticks([1, 10, 20, 30, 40])
    ax.set(ylim=(0, 1.3))
    return ax


def draw_directions(ax: Axes, W: ArrayLike, importance: ArrayLike, names: list[str] | None = None) -> Axes:
    """Draw the columns of a (2, n) matrix as arrows in the plane, coloured by importance.

    The hairlines are the axes of the two neurons and the unit circle; a direction shorter than .1 gets no arrow.
    """
    columns, turn = np.asarray(W), np.linspace(0, 2 * np.pi, 200)
    bare(ax)
    ax.plot(np.cos(turn), np.sin(turn), color=RULE, lw=1, zorder=0)
    ax.plot([-1.2, 1.2, np.nan, 0, 0], [0, 0, np.nan, -1.2, 1.2], color=FAINT, lw=0.8, zorder=0)
    for index, (tip, weight) in enumerate(zip(columns.T, np.asarray(importance), strict=True)):
        if np.hypot(*tip) > SHORTEST_ARROW:
            arrow(ax, (tip[0], tip[1]), importance_color(weight))
        if names:
            ax.text(1.17 * tip[0], 1.17 * tip[1], names[index], ha="center", va="center", color=MUTED)
    ax.plot(0, 0, "o", ms=3.5, color=INK, zorder=5)
    ax.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
    return ax


def draw_cosines(ax: Axes, rows: dict[str, ArrayLike], levels: dict[float, str]) -> Axes:
    """Spread the cosines of each row along a line, one dot a pair of features, with named levels behind them."""
    for level, name in levels.items():
        ax.vlines(level, -0.5, len(rows) - 0.48, color=FAINT, lw=1.2, ls=(0, (4, 3)), zorder=0)
        ax.text(level, len(rows) - 0.42, name, ha="center", va="bottom", color=MUTED)
    for height, cosines in enumerate(reversed(rows.values())):
        values = np.sort(np.asarray(cosines))
        lift = 0.5 * (np.arange(len(values)) * 0.618 % 1 - 0.5)  # a golden-ratio spread, so that dots do not hide dots
        ax.plot(values, height + lift, "o", ms=3, color=INK, alpha=0.55, mew=0)
    ax.set_yticks(range(len(rows)), list(reversed(rows)))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(-1, 1), ylim=(-0.5, len(rows) - 0.1), xlabel="cosine between two kept features")
    return ax


def draw_readout(ax: Axes, x: ArrayLike, x_hat: ArrayLike, title: str) -> Axes:
    """Stand what is read back as bars (ink where a feature is on, warm for a ghost), with rings at the truth."""
    truth, guess = np.asarray(x), np.asarray(x_hat)
    place = np.arange(1, len(truth) + 1)
    ax.bar(place, guess, width=0.8, color=np.where(truth > 0, INK, PLUS))
    ax.plot(place[truth > 0], truth[truth > 0], "o", ms=7, mfc="none", mec=MUTED, mew=1.4)
    ax.set_title(title)
    ax.set_xticks([1, 10, 20, 30, 40])
    ax.set_yticks([0, 0.5, 1])
    ax.set(ylim=(0, 1.15), xlabel="feature")
    return ax

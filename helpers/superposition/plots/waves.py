"""Drawings of waves: fields, screens, chains of arrows, spectra, moving strings, and sums beside their parts."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from superposition.plots.style import (
    CATEGORY,
    FAINT,
    INK,
    MINUS,
    MUTED,
    PAPER,
    PLUS,
    RULE,
    SURFACE,
    arrow,
    bare,
    label_end,
    signed_norm,
)

DASHES = (0, (4, 3))


def draw_field(
    ax: Axes, x: ArrayLike, y: ArrayLike, values: ArrayLike, limit: float, sources: ArrayLike = (), title: str = ""
) -> QuadContourSet:
    """Fill the contours of a field on the signed map, nine levels from -limit to +limit, with dots at the sources.

    Brightness, which has no negative side, gets nine levels of the warm half: dark is the colour of paper.
    """
    field = np.asarray(values)
    levels = np.linspace(-limit if field.min() < -1e-9 else 0, limit, 10)
    filled = ax.contourf(x, y, field.clip(levels[0], limit), levels, cmap="signed", norm=signed_norm(limit))
    filled.set_edgecolor("face")
    bare(ax)
    places = np.reshape(sources, (-1, 2))
    ax.plot(*places.T, "o", ms=8, color=INK, mec=PAPER, mew=1.6, clip_on=False, zorder=5)
    ax.set(
        title=title, xlim=(np.asarray(x).min(), np.asarray(x).max()), ylim=(np.asarray(y).min(), np.asarray(y).max())
    )
    return filled


def draw_screen(ax: Axes, y: ArrayLike, brightness: ArrayLike, alone: float) -> Axes:
    """Draw what a screen records, brightness to the right, with a line where the brightnesses alone would add up."""
    place, value = np.asarray(y), np.asarray(brightness)
    ax.fill_betweenx(place, 0, value, color=SURFACE, zorder=0)
    ax.axvline(alone, color=MUTED, lw=1.2, ls=DASHES)
    ax.plot(value, place, color=INK, lw=2)
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    ax.set(xlim=(0, 1.03 * value.max()), ylim=(place.min(), place.max()), xlabel="brightness")
    return ax


def draw_slits(ax: Axes, delta: ArrayLike, curves: dict[int, ArrayLike]) -> Axes:
    """Plot brightness over its peak against the phase step, one thin curve a number of slits, the largest in ink."""
    turns = np.asarray(delta) / (2 * np.pi)
    colors = [*CATEGORY[1 : len(curves)], INK]
    for (n_slits, curve), color in zip(curves.items(), colors, strict=True):
        value = np.asarray(curve)
        ax.plot(turns, value, color=color, lw=2.4 if color == INK else 1.6)
        at = int(np.flatnonzero(value[turns >= 0] < 0.5)[0]) + int((turns < 0).sum())
        label_end(ax, turns[at], 0.5 + 0.13 * (len(curves) - 2 - list(curves).index(n_slits)), f"N = {n_slits}", color)
    ax.set(xlabel="phase from one slit to the next, in turns", ylabel="brightness / $N^2$", ylim=(0, 1.05))
    ax.set_yticks([0, 0.5, 1])
    return ax


def draw_walk(ax: Axes, steps: ArrayLike, title: str = "") -> Axes:
    """Lay complex numbers head to tail as thin arrows, with their sum in ink and a ring at the root of their count."""
    ends = np.concatenate([[0], np.cumsum(np.asarray(steps))])
    turn, radius = np.linspace(0, 2 * np.pi, 200), np.sqrt(len(ends) - 1)
    bare(ax)
    ax.plot(radius * np.cos(turn), radius * np.sin(turn), color=FAINT, lw=1.2, ls=DASHES)
    ax.plot(ends.real, ends.imag, "-", color=CATEGORY[1], lw=1.4)
    ax.plot(ends.real, ends.imag, "o", color=CATEGORY[1], ms=2.4)
    arrow(ax, (ends[-1].real, ends[-1].imag), INK)
    ax.plot(0, 0, "o", ms=4, color=INK)
    ax.set_title(title)
    return ax


def draw_histogram(ax: Axes, values: ArrayLike, x: ArrayLike, density: ArrayLike, name: str) -> Axes:
    """Draw the density of many values as steps, with the law they should follow in ink and named."""
    place, law = np.asarray(x), np.asarray(density)
    ax.hist(np.asarray(values), bins=list(np.linspace(place.min(), place.max(), 41)), density=True, color=RULE)
    ax.plot(place, law, color=INK)
    label_end(ax, place[len(place) // 5], law[len(law) // 5], name, INK, dy=8)
    ax.set_xlim(place.min(), place.max())
    return ax


def draw_beats(ax: Axes, times: ArrayLike, sound: ArrayLike, envelope: ArrayLike) -> Axes:
    """Draw a sound that swells and fades, and the envelope that it fills."""
    t, swell = np.asarray(times), np.abs(np.asarray(envelope))
    ax.plot(t, np.asarray(sound), color=CATEGORY[0], lw=0.6)
    ax.plot(t, swell, color=INK, lw=1.8)
    ax.plot(t, -swell, color=INK, lw=1.8)
    ax.set(xlim=(t.min(), t.max()), xlabel="time (s)", ylabel="pressure")
    return ax


def draw_spectrum(ax: Axes, frequencies: ArrayLike, amplitudes: ArrayLike, names: dict[float, str], title: str) -> Axes:
    """Stand one line a frequency, as high as its amplitude, and name some of them."""
    f, a = np.asarray(frequencies), np.asarray(amplitudes)
    ax.axhline(0, color=FAINT, lw=0.8)
    ax.vlines(f, 0, a, color=INK, lw=2.4)
    for place, name in names.items():
        height = a[np.abs(f - place).argmin()]
        ax.annotate(name, (place, height), (0, 6), textcoords="offset points", ha="center", color=MUTED)
    ax.set(title=title, xlim=(f.min(), f.max()), ylim=(0, 1.25 * max(a.max(), 1e-9)), xlabel="frequency (Hz)")
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    return ax


def draw_curves(ax: Axes, x: ArrayLike, parts: ArrayLike, result: ArrayLike | None = None, title: str = "") -> Axes:
    """Draw curves thin, the first palest and the last darkest, and what they lead to thick in ink."""
    rows = np.atleast_2d(np.asarray(parts))
    ax.axhline(0, color=FAINT, lw=0.8)
    for row, strength in zip(rows, np.linspace(0.35, 1, len(rows)), strict=True):
        ax.plot(x, row, color=CATEGORY[0], lw=1.4, alpha=strength)
    if result is not None:
        ax.plot(x, np.asarray(result), color=INK, lw=2.4, zorder=0 if len(rows) > 1 else 2)
    ax.set(title=title, xlim=(np.asarray(x).min(), np.asarray(x).max()))
    return ax


def draw_spacetime(ax: Axes, frames: ArrayLike, duration: float, limit: float, title: str) -> AxesImage:
    """Show a moving string as a picture: place to the right, time upwards, displacement on the signed map."""
    image = ax.imshow(
        np.asarray(frames),
        cmap="signed",
        norm=signed_norm(limit),
        origin="lower",
        aspect="auto",
        extent=(0, 1, 0, duration),
        interpolation="bilinear",
    )
    ax.set_title(title)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[["left", "bottom"]].set_color(RULE)
    return image


def draw_energy(ax: Axes, times: ArrayLike, kinetic: ArrayLike, potential: ArrayLike, title: str) -> Axes:
    """Plot kinetic and potential energy against time, and their sum in ink."""
    t, moving, bent = (np.asarray(values) for values in (times, kinetic, potential))
    for values, color, name in ((moving, PLUS, "kinetic"), (bent, MINUS, "potential")):
        ax.plot(t, values, color=color)
        dy = 9 if values[len(t) // 2] > values[0] else -9
        label_end(ax, t[len(t) // 2], values[len(t) // 2], name, color, dx=14, dy=dy)
    ax.plot(t, moving + bent, color=INK, lw=2.4)
    ax.set(title=title, xlabel="time", ylim=(-0.12 * bent.max(), 1.25 * (moving + bent).max()))
    ax.set_yticks([0])
    return ax


def draw_against_spacing(ax: Axes, spacing: ArrayLike, values: ArrayLike, title: str, measured: ArrayLike = ()) -> Axes:
    """Plot a curve against the spacing of two tones, with a line at one over the time and dots that were measured."""
    ax.axvline(1, color=FAINT, lw=1.2, ls=DASHES)
    ax.plot(spacing, values, color=INK, lw=2.4)
    dots = np.reshape(measured, (-1, 2))
    ax.plot(*dots.T, "o", color=CATEGORY[1], ms=7, mec=PAPER, mew=1)
    ax.set(
        title=title,
        xlabel=r"spacing times duration, $\Delta f\,T$",
        xlim=(np.asarray(spacing).min(), np.asarray(spacing).max()),
    )
    return ax

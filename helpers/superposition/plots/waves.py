"""Drawings of waves: fields, screens, chains of arrows, spectra, moving strings, and sums beside their parts."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
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

    Brightness, which has no negative side, gets nine levels of the warm half, a little paler: dark is close to paper.
    """
    field = np.asarray(values)
    signed = field.min() < 0
    levels = np.linspace(-limit if signed else 0, limit, 10)
    norm = signed_norm(limit if signed else 1.3 * limit)
    filled = ax.contourf(x, y, field.clip(levels[0], limit), levels, cmap="signed", norm=norm)
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


def draw_slits(ax: Axes, delta: ArrayLike, brightness: ArrayLike, title: str) -> Axes:
    """Plot brightness over its peak against the phase step in turns, filled down to the axis."""
    turns, value = np.asarray(delta) / (2 * np.pi), np.asarray(brightness)
    ax.fill_between(turns, value, color=SURFACE, zorder=0)
    ax.plot(turns, value, color=INK, lw=2)
    ax.set(title=title, xlim=(turns.min(), turns.max()), ylim=(0, 1.05))
    ax.set_yticks([0, 1])
    ax.set_xticks([-1, 0, 1])
    return ax


def draw_walk(ax: Axes, steps: ArrayLike, others: ArrayLike = (), title: str = "") -> Axes:
    """Lay complex numbers head to tail, with their sum in ink and a ring at the root of their count.

    `others` are the sums of other crowds, drawn as faint dots.
    """
    ends, cloud = np.concatenate([[0], np.cumsum(np.asarray(steps))]), np.asarray(others, dtype=complex)
    turn, radius = np.linspace(0, 2 * np.pi, 200), np.sqrt(len(ends) - 1)
    ax.plot(cloud.real, cloud.imag, "o", color=FAINT, ms=2.2, alpha=0.7, mew=0)
    ax.plot(radius * np.cos(turn), radius * np.sin(turn), color=MUTED, lw=1.2, ls=DASHES)
    ax.plot(ends.real, ends.imag, color=CATEGORY[1], lw=1.4)
    arrow(ax, (ends[-1].real, ends[-1].imag), INK)
    ax.plot(0, 0, "o", ms=4, color=INK)
    bare(ax)
    seen = np.concatenate([ends, radius * np.array([1, 1j, -1, -1j]) * (2 if cloud.size else 1)])
    x, y = ((part.min() + part.max()) / 2 for part in (seen.real, seen.imag))
    half = 0.55 * np.ptp([seen.real, seen.imag], axis=1).max()
    ax.set(title=title, xlim=(x - half, x + half), ylim=(y - half, y + half))
    return ax


def draw_histogram(ax: Axes, values: ArrayLike, x: ArrayLike, density: ArrayLike, name: str) -> Axes:
    """Draw the density of many values as steps, with the law they should follow in ink and named."""
    place, law = np.asarray(x), np.asarray(density)
    ax.hist(np.asarray(values), bins=list(np.linspace(place.min(), place.max(), 41)), density=True, color=RULE)
    ax.plot(place, law, color=INK)
    label_end(ax, float(place[len(place) // 5]), float(law[len(law) // 5]), name, INK, dy=8)
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
    """Stand one line a frequency, as high as its amplitude (at most 1), and name some of them."""
    f, a = np.asarray(frequencies), np.asarray(amplitudes)
    ax.axhline(0, color=FAINT, lw=0.8)
    ax.vlines(f, 0, a, color=INK, lw=2.4)
    for place, name in names.items():
        height = a[np.abs(f - place).argmin()]
        ax.annotate(name, (place, height), (0, 6), textcoords="offset points", ha="center", color=MUTED)
    ax.set(title=title, xlim=(f.min(), f.max()), ylim=(0, 1.25), xlabel="frequency (Hz)")
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    return ax


def draw_curves(
    ax: Axes, x: ArrayLike, parts: ArrayLike, result: ArrayLike | None = None, title: str = "", level: float = 0
) -> Axes:
    """Draw curves thin, the first palest and the last darkest, and what they lead to thick in ink.

    A dashed line marks the level.
    """
    rows, places = np.atleast_2d(np.asarray(parts)), np.asarray(x)
    ax.axhline(0, color=FAINT, lw=0.8)
    if level:
        ax.axhline(level, color=MUTED, lw=1.2, ls=DASHES)
    if result is not None:
        ax.plot(places, np.asarray(result), color=INK, lw=2.4)
    for row, strength in zip(rows, np.linspace(1, 0.35, len(rows))[::-1], strict=True):
        ax.plot(places, row, color=CATEGORY[0], lw=1.4, alpha=strength)
    ax.set(title=title, xlim=(places.min(), places.max()))
    return ax


def draw_spacetime(ax: Axes, frames: ArrayLike, duration: float, limit: float, title: str) -> QuadContourSet:
    """Show a moving string as a picture: place to the right, time upwards, displacement in nine levels."""
    rows = np.asarray(frames)
    place, time = np.linspace(0, 1, rows.shape[1]), np.linspace(0, duration, len(rows))
    levels = np.linspace(-limit, limit, 10)
    filled = ax.contourf(place, time, rows.clip(-limit, limit), levels, cmap="signed", norm=signed_norm(limit))
    filled.set_edgecolor("face")
    ax.set_title(title)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[["left", "bottom"]].set_color(RULE)
    return filled


def draw_energy(ax: Axes, times: ArrayLike, kinetic: ArrayLike, potential: ArrayLike, title: str) -> Axes:
    """Plot kinetic and potential energy against time, and their sum in ink."""
    t, moving, bent = (np.asarray(values) for values in (times, kinetic, potential))
    for values, color, name in ((moving, PLUS, "kinetic"), (bent, MINUS, "potential")):
        ax.plot(t, values, color=color)
        label_end(ax, float(t[len(t) // 2]), float(values[len(t) // 2]), name, color, dx=16, dy=9)
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

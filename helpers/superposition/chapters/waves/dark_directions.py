"""Exercise: the directions in which two sources cancel."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def dark_directions(order, separation, wavelength):
    """Return sin(theta) of the dark fringes of given order."""
    return (order + 0.5) * wavelength / separation


def _sample(generator: torch.Generator, _trial: int) -> dict:
    width, wavelength = torch.rand(2, generator=generator).tolist()
    wavelength = 0.3 + 0.5 * wavelength
    separation = wavelength * (1.7 + 7 * width)
    half = int(separation / wavelength + 0.5)  # so many dark fringes on each side
    return {"order": torch.arange(-half, half), "separation": separation, "wavelength": wavelength}


def _mirrored(case: Case) -> bool:
    return agrees(case.again(order=-1 - case["order"]), -case.result)


def _crowds_with_separation(case: Case) -> bool:
    return agrees(case.again(separation=2 * case["separation"]), case.result / 2)


exercise = Exercise(
    title="dark directions",
    prompt="""\
Two equal sources stand `separation` apart and send waves in step. Far away, fringe number $m$ (..., -2, -1, 0, 1, ...)
is the dark one between the bright directions $m$ and $m + 1$, counted from the middle. Write
`dark_directions(order, separation, wavelength)`: $\\sin\\theta$ for each $m$ in the tensor `order`.""",
    reference=dark_directions,
    sample=_sample,
    sizes={"order": ("n_fringes",)},
    returns=("n_fringes",),
    wrong=(
        Wrong(
            lambda order, s, wavelength: order * wavelength / s,
            "These are the bright directions: a whole number of wavelengths of detour brings the arrows back in step.",
        ),
        Wrong(
            lambda order, s, wavelength: (order + 0.5) * s / wavelength,
            "Upside down: sources further apart squeeze the fringes together, and a sine is never above 1.",
        ),
        Wrong(
            lambda order, s, wavelength: ((order + 0.5) * wavelength / s).abs(),
            "The picture has two sides, and negative orders lie on the other one. Keep the sign.",
        ),
        Wrong(
            lambda order, s, wavelength: torch.asin((order + 0.5) * wavelength / s),
            "This is the angle itself. The sine was asked for, and for the outer fringes the two differ a good deal.",
        ),
        Wrong(
            lambda order, s, wavelength: (order + 0.5) * wavelength / (2 * s),
            "Each source is only half the separation from the middle, true; but it is the difference of the two paths "
            "that counts, and that is the whole separation times the sine.",
        ),
        Wrong(
            lambda order, s, wavelength: (2 * order + 1) * wavelength / s,
            "2m + 1 counts half wavelengths. A detour of a whole wavelength brings the arrows back in step.",
        ),
    ),
    properties=(
        Property(_mirrored, "The picture is symmetric: fringe -1 - m lies opposite to fringe m."),
        Property(_crowds_with_separation, "Twice the separation should halve every sine."),
    ),
    hints=(
        "Dark means: one arrow points against the other. How much further must one wave have come?",
        "In direction theta one path is longer by separation times sin(theta).",
        "Solve separation * sin(theta) = (m + 1/2) * wavelength for the sine, with every m, negative ones too.",
    ),
    why="A detour of half a wavelength turns one arrow against the other, and every further whole wavelength turns it "
    "against it again. The separation stands below: large instruments see small angles.",
)

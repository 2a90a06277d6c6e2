"""Exercise: many sources in a row, as a chain of arrows."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def grating(delta, n_slits):
    """Return the brightness behind a row of slits."""
    arrows = torch.exp(1j * torch.arange(n_slits)[:, None] * delta)
    return arrows.sum(0).abs() ** 2


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_slits, n_angles = torch.randint(3, 12, (2,), generator=generator).tolist()
    delta = 6 * torch.rand(n_angles + 1, generator=generator, dtype=torch.float64) - 3
    delta[n_angles // 2] = 0.0
    return {"delta": delta, "n_slits": n_slits}


def _repeats_after_a_turn(case: Case) -> bool:
    delta = torch.linspace(0.3, 3, 8, dtype=torch.float64)
    return agrees(case.again(delta=delta + 2 * torch.pi), case.again(delta=delta))


def _gives_n_on_average(case: Case) -> bool:
    delta = (torch.arange(64, dtype=torch.float64) + 0.5) * 2 * torch.pi / 64
    return agrees(float(case.again(delta=delta).mean()), float(case["n_slits"]))


def _ratio(delta: torch.Tensor, n_slits: int, share: float = 0.5) -> torch.Tensor:
    """The quotient of sines, with its limit where both vanish."""
    bottom = torch.sin(share * delta)
    return torch.where(bottom == 0, n_slits, torch.sin(share * n_slits * delta) / bottom)


exercise = Exercise(
    title="a grating",
    prompt="""\
A row of slits, and in each direction every wave is ahead of its neighbour by one angle $\\delta$. Write
`grating(delta, n_slits)`: the brightness for each angle in the tensor `delta`, with waves of amplitude 1. The angle 0
is among them, and there the brightness is `n_slits` squared.""",
    reference=grating,
    sample=_sample,
    sizes={"delta": ("n_angles",)},
    returns=("n_angles",),
    wrong=(
        Wrong(
            lambda delta, n: (torch.sin(n * delta / 2) / torch.sin(delta / 2)) ** 2,
            "Right everywhere but in the middle, where the closed form is 0/0. Its limit there is n squared; guard the "
            "division, or add the arrows themselves.",
        ),
        Wrong(
            lambda delta, n: _ratio(delta, n).abs(),
            "This is the amplitude. Brightness is its square.",
        ),
        Wrong(
            lambda delta, n: _ratio(delta, n) ** 2 / n**2,
            "You divided by the peak. Asked for is the brightness itself, which reaches n squared.",
        ),
        Wrong(
            lambda delta, n: _ratio(delta, n, share=1.0) ** 2,
            "Half angles: two arrows at an angle delta make a sum at half of it.",
        ),
        Wrong(
            lambda delta, n: _ratio(delta, n + 1) ** 2,
            "One slit too many. `torch.arange(n)` has n entries, from 0 to n - 1.",
        ),
        Wrong(
            lambda delta, n: torch.full_like(delta, n),
            "You added the brightnesses of the slits, and that is n in every direction. Add the arrows first.",
        ),
    ),
    properties=(
        Property(_repeats_after_a_turn, "A further whole turn from slit to slit should change nothing."),
        Property(_gives_n_on_average, "Averaged over a whole turn, n slits should give n: the energy is only moved."),
    ),
    equivalent_mutants={
        "1j * torch.arange(n_slits)[:, None] * delta -> 1j * torch.arange(n_slits)[:, None] * -delta": "All arrows are "
        "mirrored, and the length of their sum stays what it was.",
        "1j * torch.arange(n_slits)[:, None] -> 1j * -torch.arange(n_slits)[:, None]": "All arrows are mirrored, and "
        "the length of their sum stays what it was.",
    },
    hints=(
        "Wave number j is ahead by j times delta. What is its arrow?",
        "Make a table of arrows, one row a slit and one column an angle: `torch.arange(n_slits)[:, None] * delta`.",
        "`torch.exp(1j * table)`, then add over the slits, then the length, then its square.",
    ),
    why="The chain of arrows is straight when delta is 0 and closes into a polygon when n times delta is a whole turn. "
    "All that a grating does, from a rainbow on a disc to an antenna that listens in one direction, is in this sum.",
)

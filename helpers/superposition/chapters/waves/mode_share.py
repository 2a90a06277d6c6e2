"""Exercise: the share of a shape that its first modes hold."""

from itertools import pairwise

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def mode_share(displacement, n_modes):
    """Return the share of the mean square in the first modes."""
    x = torch.linspace(0, 1, len(displacement))[:, None]
    k = torch.arange(1, n_modes + 1)
    modes = torch.sin(torch.pi * k * x).to(displacement)
    squares = (displacement @ modes) ** 2 / (modes**2).sum(0)
    return squares.sum() / (displacement**2).sum()


def _modes(n_points: int, first: int, last: int) -> torch.Tensor:
    x = torch.linspace(0, 1, n_points, dtype=torch.float64)[:, None]
    return torch.sin(torch.pi * torch.arange(first, last + 1) * x)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_points, n_modes = (int(torch.randint(*ends, (), generator=generator)) for ends in ((40, 80), (2, 6)))
    amplitudes = torch.randn(10, generator=generator, dtype=torch.float64) + 1.5
    return {"displacement": _modes(n_points, 1, 10) @ amplitudes, "n_modes": n_modes}


def _grows_to_all(case: Case) -> bool:
    shares = [float(case.again(n_modes=n)) for n in (1, 2, 4, 8, 10)]
    return all(a <= b + 1e-6 for a, b in pairwise(shares)) and abs(shares[-1] - 1) < 1e-4


def _knows_a_pure_mode(case: Case) -> bool:
    third = _modes(len(case["displacement"]), 3, 3)[:, 0]
    return agrees(case.again(displacement=third, n_modes=2), 0.0) and agrees(
        case.again(displacement=third, n_modes=3), 1.0
    )


def _squares(displacement: torch.Tensor, first: int, last: int) -> torch.Tensor:
    modes = _modes(len(displacement), first, last)
    return (displacement @ modes) ** 2 / (len(displacement) - 1) * 2 / displacement.square().sum()


def _amplitudes_add(displacement: torch.Tensor, n_modes: int) -> torch.Tensor:
    sizes = _squares(displacement, 1, len(displacement) // 2).sqrt()
    return sizes[:n_modes].sum() / sizes.sum()


def _cosines(displacement: torch.Tensor, n_modes: int) -> torch.Tensor:
    x = torch.linspace(0, 1, len(displacement), dtype=torch.float64)[:, None]
    modes = torch.cos(torch.pi * torch.arange(1, n_modes + 1) * x)
    return ((displacement @ modes) ** 2 / (modes**2).sum(0)).sum() / displacement.square().sum()


exercise = Exercise(
    title="the share of the first modes",
    prompt="""\
`displacement` is the shape of a string of length 1, at evenly spaced points with both ends, where it is 0. Write
`mode_share(displacement, n_modes)`: the share, between 0 and 1, of the sum of squares of `displacement` that its first
`n_modes` modes $\\sin(\\pi k x)$, $k = 1, 2, \\dots$, hold together.""",
    reference=mode_share,
    sample=_sample,
    sizes={"displacement": ("n_points",)},
    returns=float,
    wrong=(
        Wrong(
            _amplitudes_add,
            "You add up amplitudes. What adds for orthogonal modes is their squares.",
        ),
        Wrong(
            lambda u, n: _squares(u, 1, n - 1).sum(),
            "You count from k = 0, and sin 0 is no mode at all: the last one is missing.",
        ),
        Wrong(
            lambda u, n: 2 * _squares(u, 1, n).sum(),
            "Twice too much. The mean square of a sine is one half, so each mode holds half of its squared amplitude.",
        ),
        Wrong(
            _cosines,
            "Cosines move at the ends, and this string is held there. Its modes are sines.",
        ),
        Wrong(
            lambda u, n: _squares(u, 1, n).cumsum(0),
            "One share for each number of modes. Asked for is the last of them alone.",
        ),
        Wrong(
            lambda u, n: _squares(u, 1, n).sum().sqrt(),
            "This is the root of the share. Leave it squared, so that the shares of all modes add up to 1.",
        ),
        Wrong(
            lambda u, n: _squares(u, n, n).sum(),
            "This is what mode n holds by itself. Add up the modes from 1 to n.",
        ),
        Wrong(
            lambda u, n: _squares(u, 1, n).sum() * u.square().sum(),
            "You forgot to divide by the whole, the sum of squares of the displacement.",
        ),
    ),
    properties=(
        Property(_grows_to_all, "The share should never fall as modes are added, and reach 1 with all that are there."),
        Property(_knows_a_pure_mode, "A string in its third mode has nothing in the first two, and all in three."),
    ),
    equivalent_mutants={
        "1 -> -1": "The string runs from 0 to -1, every mode changes its sign, and all are squared.",
        "displacement @ modes -> displacement @ -modes": "Every mode changes its sign, and all are squared.",
        "torch.pi * k * x -> torch.pi * k * -x": "Every mode changes its sign, and all are squared.",
        "torch.pi * k -> torch.pi * -k": "Every mode changes its sign, and all are squared.",
    },
    hints=(
        "How much of mode k is in the shape? Multiply the two, point by point, and add up.",
        "The square of that sum, divided by the sum of squares of the mode, is what the mode holds.",
        "Add that up over k from 1 to n_modes, and divide by `(displacement**2).sum()`.",
    ),
    why="Orthogonal parts have no cross terms, so the squares add: what one mode holds, no other can. That is why a "
    "share makes sense at all. For parts that overlap, the shares would depend on who is asked first.",
)

"""Exercise: does the string add? Run it three times and see what is left."""

from collections.abc import Callable

import torch

from superposition import waves
from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def string_defect(simulate, u_a, u_b):
    """Return how far the run with both is from the sum of runs."""
    both = simulate(u_a + u_b)
    left_over = both - simulate(u_a) - simulate(u_b)
    return left_over.abs().max() / both.abs().max()


def _string(cubic: float, n_points: int) -> Callable:
    spacing = 1 / (n_points - 1)

    def simulate(u):
        return waves.simulate_string(u, torch.zeros_like(u), spacing, spacing, n_points // 4, cubic)

    return simulate


def _sample(generator: torch.Generator, trial: int) -> dict:
    n_points = int(torch.randint(30, 60, (), generator=generator))
    x, draw = torch.linspace(0, 1, n_points, dtype=torch.float64), torch.rand(4, generator=generator).tolist()
    sign = 1 if trial % 2 else -1
    bumps = {
        name: sign * height * torch.exp(-(((x - centre) / 0.1) ** 2))
        for name, height, centre in (("u_a", 0.8 + draw[0], 0.35 + 0.1 * draw[1]), ("u_b", 0.5 + draw[2], 0.6))
    }
    return {"simulate": _string(0.0 if trial % 3 == 2 else 20 + 40 * draw[3], n_points), **bumps}


def _passes_what_adds(case: Case) -> bool:
    return agrees(case.again(simulate=lambda u: torch.stack([u, 3 * u.roll(1)])), 0.0)


def _finds_the_cross_term(case: Case) -> bool:
    a, b = case["u_a"], case["u_b"]
    found = case.again(simulate=lambda u: torch.stack([u, u**2]))
    together = torch.stack([a + b, (a + b) ** 2])
    return agrees(found, float((2 * a * b).abs().max() / together.abs().max()))


def _against_both(simulate: Callable, u_a: torch.Tensor, u_b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    both = simulate(u_a + u_b)
    return both, both - simulate(u_a) - simulate(u_b)


def _first_frame(simulate: Callable, u_a: torch.Tensor, u_b: torch.Tensor) -> torch.Tensor:
    both, left_over = _against_both(simulate, u_a, u_b)
    return left_over[0].abs().max() / both[0].abs().max()


def _scaling_only(simulate: Callable, u_a: torch.Tensor, _u_b: torch.Tensor) -> torch.Tensor:
    doubled = simulate(2 * u_a)
    return (doubled - 2 * simulate(u_a)).abs().max() / doubled.abs().max()


def _forgets_one(simulate: Callable, u_a: torch.Tensor, u_b: torch.Tensor) -> torch.Tensor:
    both = simulate(u_a + u_b)
    return (both - simulate(u_a)).abs().max() / both.abs().max()


def _signed(simulate: Callable, u_a: torch.Tensor, u_b: torch.Tensor) -> torch.Tensor:
    both, left_over = _against_both(simulate, u_a, u_b)
    return left_over.max() / both.abs().max()


def _mean(simulate: Callable, u_a: torch.Tensor, u_b: torch.Tensor) -> torch.Tensor:
    both, left_over = _against_both(simulate, u_a, u_b)
    return left_over.mean().abs() / both.abs().max()


exercise = Exercise(
    title="what does not add",
    prompt="""\
`simulate(u)` lets a string go from the shape `u` and returns its whole history, one row a moment. You are not told
which string it is. Write `string_defect(simulate, u_a, u_b)`: run it from `u_a + u_b`, from `u_a` and from `u_b`, take
the greatest absolute difference between the first run and the sum of the other two, at any place and any moment, and
divide it by the greatest absolute displacement in the first run.""",
    reference=string_defect,
    sample=_sample,
    sizes={"u_a": ("n_points",), "u_b": ("n_points",)},
    returns=float,
    wrong=(
        Wrong(
            _first_frame,
            "You compare the first moment only, and nothing has happened yet: every string passes. Look at the whole "
            "history.",
        ),
        Wrong(
            _scaling_only,
            "You test that twice the shape gives twice the motion. That is half of linearity; the other half needs two "
            "different shapes in one run.",
        ),
        Wrong(_forgets_one, "You subtract one run and forget the other. Where is `u_b`?"),
        Wrong(
            _signed,
            "The greatest value is not the greatest absolute value: a string may miss by being too low.",
        ),
        Wrong(
            _mean,
            "An average hides what is local: too high here and too low there cancel. Take the greatest absolute "
            "difference.",
        ),
        Wrong(
            lambda simulate, u_a, u_b: _against_both(simulate, u_a, u_b)[1].abs().max(),
            "This is the difference itself. Divide by the greatest displacement of the run with both, so that strings "
            "of any height can be compared.",
        ),
    ),
    properties=(
        Property(_passes_what_adds, "A box that shifts and triples does add, so its defect should be 0."),
        Property(_finds_the_cross_term, "For a box that squares, what does not add is the cross term, 2 u_a u_b."),
    ),
    hints=(
        "Three runs: from the sum of the shapes, from one shape, from the other.",
        "Subtract whole histories, not moments: they are tensors of one shape.",
        "`(both - a - b).abs().max()`, divided by `both.abs().max()`.",
    ),
    why="A system is linear when the run from a sum is the sum of the runs, for all shapes and at all times. One pair "
    "of shapes can refute it. No single pair can prove it, and a pair that never meets shows nothing.",
)

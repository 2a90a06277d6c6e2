"""Exercise: the test for the superposition principle."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def superposition_defect(head, x, y):
    """Measure how far head(x + y) is from head(x) + head(y)."""
    together = head(x + y)
    return ((together - head(x) - head(y)).norm() / together.norm()).item()


def _fixed(pattern, W):
    return lambda tokens: pattern @ tokens @ W


def _free(W):
    return lambda tokens: (tokens @ tokens.T / tokens.shape[1] ** 0.5).softmax(-1) @ tokens @ W


def _sample(generator: torch.Generator, trial: int) -> dict:
    n_tokens, d_model = torch.randint(3, 9, (2,), generator=generator).tolist()
    W = torch.randn(d_model, d_model, generator=generator)
    pattern = torch.randn(n_tokens, n_tokens, generator=generator).softmax(-1)
    x, y = torch.randn(2, n_tokens, d_model, generator=generator)
    return {"head": _fixed(pattern, W) if trial == 1 else _free(W), "x": x, "y": y}


def _passes_what_is_linear(case: Case) -> bool:
    W = torch.randn(case["x"].shape[1], 3, generator=case.generator)
    return 0 <= float(case.again(head=lambda tokens: tokens @ W)) < 1e-5


def _ignores_units(case: Case) -> bool:
    head = case["head"]
    return agrees(case.again(head=lambda tokens: 100 * head(tokens)), case.result)


def _sees_a_constant(case: Case) -> bool:
    ones = torch.ones_like(case["x"])
    return agrees(case.again(head=lambda tokens: ones), 1.0)


exercise = Exercise(
    title="does it add?",
    prompt="""\
You are given a function `head` and two inputs of one shape. Write `superposition_defect(head, x, y)`: the length of
what is missing between `head(x + y)` and `head(x) + head(y)`, divided by the length of `head(x + y)`, as a
number. It is 0, up to rounding, for whatever obeys the superposition principle. The length of a matrix is the root
of the sum of its squared entries.""",
    reference=superposition_defect,
    sample=_sample,
    sizes={"x": ("n_tokens", "d_model"), "y": ("n_tokens", "d_model")},
    returns=float,
    wrong=(
        Wrong(
            lambda head, x, y: ((head(x + y) - head(x)).norm() / head(x + y).norm()).item(),
            "You compare with head(x) alone. The principle speaks of the sum of both answers.",
        ),
        Wrong(
            lambda head, x, y: (head(x + y) - head(x) - head(y)).norm().item(),
            "The error is not divided by anything, so a head with small weights passes for linear.",
        ),
        Wrong(
            lambda head, x, y: ((head(2 * x) - 2 * head(x)).norm() / head(2 * x).norm()).item(),
            "This tests scaling, with one input. A ReLU passes it for positive factors and still does not add.",
        ),
        Wrong(
            lambda head, x, y: ((head(x + y) - head(x) - head(y)).norm() / (x + y).norm()).item(),
            "You divide by the length of the input. Divide by that of head(x + y), or the size of the weights counts.",
        ),
        Wrong(
            lambda head, x, y: ((head(x + y) - head(x) - head(y)).sum() / head(x + y).norm()).item(),
            "You add the errors up with their signs, and they may cancel. Take the root of the sum of squares.",
        ),
        Wrong(
            lambda head, x, y: ((head(x + y) - (head(x) + head(y)) / 2).norm() / head(x + y).norm()).item(),
            "You compare with the mean of the two answers. The principle has their sum.",
        ),
        Wrong(
            lambda head, x, y: ((head(x - y) - head(x) + head(y)).norm() / head(x - y).norm()).item(),
            "You test a difference. It is as good a test, but the question is about x + y.",
        ),
    ),
    properties=(
        Property(
            _passes_what_is_linear, "Multiplying by a matrix is linear, so the defect should be 0 up to rounding."
        ),
        Property(_ignores_units, "A head that is a hundred times as large should have the same defect."),
        Property(_sees_a_constant, "A head that always answers the same misses by one whole answer: its defect is 1."),
    ),
    hints=(
        "Three evaluations of the head are needed. At which inputs?",
        "Subtract head(x) and head(y) from head(x + y) and take `.norm()` of what is left.",
        "Divide by `head(x + y).norm()` and turn the result into a number with `.item()`.",
    ),
    why="One number decides between rounding, near 1e-7 here, and failure, near 1. There is no grey zone for machines "
    "of this kind, which is why a single random pair of inputs is already a good test.",
)

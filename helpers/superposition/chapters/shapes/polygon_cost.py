"""Exercise: what one corner of a regular polygon costs when features are rare."""

import math

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def polygon_cost(x, n_features, squared_norm, bias):
    """Average the error that one feature makes when it is on."""
    turns = 2 * math.pi * torch.arange(1, n_features) / n_features
    overlaps = squared_norm * turns.cos()
    own = (x - torch.relu(squared_norm * x + bias)) ** 2
    ghosts = torch.relu(overlaps * x[:, None] + bias) ** 2
    return (own + ghosts.sum(1)).mean().item()


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_features = int(torch.randint(6, 12, (), generator=generator))
    n_samples = int(torch.randint(20, 40, (), generator=generator))
    u = torch.rand(2, generator=generator).tolist()
    x = torch.rand(n_samples, generator=generator)
    return {"x": x, "n_features": n_features, "squared_norm": 1.2 + u[0], "bias": -0.1 - 0.3 * u[1]}


def _is_free_for_a_square(case: Case) -> bool:
    return all(agrees(case.again(n_features=k, squared_norm=1.0, bias=0.0), 0.0) for k in (3, 4))


def _costs_everything_without_length(case: Case) -> bool:
    return agrees(case.again(squared_norm=0.0, bias=0.0), case["x"].square().mean().item())


def _parts(x, n_features, squared_norm, bias, first=1, keep=torch.relu):
    turns = 2 * math.pi * torch.arange(first, n_features) / n_features
    own = (x - torch.relu(squared_norm * x + bias)) ** 2
    return own, keep(squared_norm * turns.cos() * x[:, None] + bias) ** 2


def _negative_ghosts_too(x, n_features, squared_norm, bias):
    own, ghosts = _parts(x, n_features, squared_norm, bias, keep=lambda value: value)
    return (own + ghosts.sum(1)).mean().item()


def _ghosts_alone(x, n_features, squared_norm, bias):
    return _parts(x, n_features, squared_norm, bias)[1].sum(1).mean().item()


def _itself_as_a_ghost(x, n_features, squared_norm, bias):
    own, ghosts = _parts(x, n_features, squared_norm, bias, first=0)
    return (own + ghosts.sum(1)).mean().item()


def _all_corners(x, n_features, squared_norm, bias):
    return n_features * polygon_cost(x, n_features, squared_norm, bias)


def _mean_ghost(x, n_features, squared_norm, bias):
    own, ghosts = _parts(x, n_features, squared_norm, bias)
    return (own + ghosts.mean(1)).mean().item()


def _bias_once(x, n_features, squared_norm, bias):
    own, _ = _parts(x, n_features, squared_norm, bias)
    _, ghosts = _parts(x, n_features, squared_norm, 0.0)
    return (own + ghosts.sum(1)).mean().item()


exercise = Exercise(
    title="the cost of a corner",
    prompt="""\
Features stand on a regular polygon with `n_features` corners, all of squared length $a$ = `squared_norm` and with one
`bias` $b$. One feature is on, with the values in `x`, a tensor of shape (n_samples,). Write
`polygon_cost(x, n_features, squared_norm, bias)`: the mean over `x` of its own error,

$$(x - \\mathrm{relu}(a x + b))^2 ,$$

plus all its ghosts,

$$\\sum_{j=1}^{n-1} \\mathrm{relu}(a \\cos(2 \\pi j / n)\\, x + b)^2 ,$$

as a number.""",
    reference=polygon_cost,
    sample=_sample,
    sizes={"x": ("n_samples",)},
    returns=float,
    imports="import math\n\nimport torch",
    wrong=(
        Wrong(
            _negative_ghosts_too,
            "You square negative ghosts as well. The ReLU has deleted them, and they cost nothing.",
        ),
        Wrong(
            _ghosts_alone,
            "You leave out the feature's own error. Then a bias low enough to silence everything would cost nothing.",
        ),
        Wrong(
            _itself_as_a_ghost,
            "You count the corner itself among the ghosts: the sum begins with the next one, $j = 1$.",
        ),
        Wrong(_all_corners, "This is the cost of all corners together. One was asked for; they are all alike."),
        Wrong(_mean_ghost, "You average over the ghosts. Every one of them is an error of its own: add them up."),
        Wrong(
            _bias_once,
            "Your ghosts have no bias. It stands in every read-out, and keeping small ghosts below zero is its work.",
        ),
    ),
    properties=(
        Property(
            _is_free_for_a_square,
            "A triangle and a square of length 1 without a bias should cost nothing: no two corners meet at an acute "
            "angle.",
        ),
        Property(_costs_everything_without_length, "A dead feature should cost the mean of its squared values."),
    ),
    equivalent_mutants={
        **dict.fromkeys(
            (
                "2 * math.pi * torch.arange(1, n_features) / n_features -> "
                "2 * math.pi * torch.arange(1, n_features) / -n_features",
                "2 * math.pi * torch.arange(1, n_features) -> 2 * math.pi * -torch.arange(1, n_features)",
                "2 * math.pi -> 2 * -math.pi",
                "2 -> -2",
            ),
            "A cosine does not know the sign of its angle.",
        ),
        "1 -> -1": "The table of ghosts has two axes, so the last one is axis 1.",
    },
    hints=(
        "One corner is enough. The others differ from it by the angles $2 \\pi j / n$.",
        "Make a table with one row a value of `x` and one column a neighbour; `x[:, None]` stands a row up.",
        "Rectify, square, sum over the neighbours, add the own error, take the mean over `x`, and `.item()`.",
    ),
    why="With rare features one is on at a time, so the loss is one feature's own error and the ghosts it throws. "
    "Only neighbours at an acute angle see a ghost, which is why triangle and square are free and the pentagon is the "
    "first polygon that has to pay.",
)

"""Exercise: the gradient of a toy model's loss with respect to W, by hand."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def weight_gradient(W, b, x, importance):
    """Derive the loss by W, on both roads."""
    h = x @ W.T
    z = torch.relu(h @ W + b)
    error = (z - x) * (z > 0) * importance
    reading = h.T @ error
    storing = (error @ W.T).T @ x
    return 2 / x.numel() * (reading + storing)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    d_hidden, more = torch.randint(2, 5, (2,), generator=generator).tolist()
    n_samples, n_features = int(torch.randint(20, 40, (), generator=generator)), d_hidden + more
    return {
        "W": torch.randn(d_hidden, n_features, generator=generator),
        "b": torch.randn(n_features, generator=generator) / 2,
        "x": torch.relu(1 - 2 * torch.rand(n_samples, n_features, generator=generator)),
        "importance": 0.2 + torch.rand(n_features, generator=generator),
    }


def _is_the_slope(case: Case) -> bool:
    W, b, x, importance = (case[name].double() for name in ("W", "b", "x", "importance"))
    direction = torch.randn(W.shape, generator=case.generator).double()

    def loss(t: float) -> torch.Tensor:
        moved = W + t * direction
        return (importance * (torch.relu(x @ moved.T @ moved + b) - x).square()).mean()

    slope = float(loss(1e-5) - loss(-1e-5)) / 2e-5
    return abs(float((case.result.double() * direction).sum()) - slope) < 1e-3 * max(1, abs(slope))


def _rests_where_nothing_is_lost(case: Case) -> bool:
    n = case["x"].shape[1]
    gradient = case.again(W=torch.eye(n), b=torch.zeros(n), x=torch.ones(3, n))
    return agrees(gradient, torch.zeros(n, n))


def _open(z, _x):
    return z > 0


def _mistaken(gate=_open, power=1, roads=(1, 1), factor=True, rectify=torch.relu):
    def function(W, b, x, importance):
        h = x @ W.T
        z = rectify(h @ W + b)
        error = (z - x) * importance**power * (gate(z, x) if rectify is torch.relu else 1)
        total = roads[0] * h.T @ error + roads[1] * (error @ W.T).T @ x
        return total * (2 / x.numel() if factor else 1)

    return function


def _scaled(factor):
    return lambda W, b, x, importance: factor(x) * _mistaken(factor=False)(W, b, x, importance)


FACTOR = (
    "The direction is right, the length is not: the derivative of a mean of squares has the factor $2 / (N n)$, for "
    "$N$ samples of $n$ features."
)


exercise = Exercise(
    title="the gradient by hand",
    prompt="""\
Write `weight_gradient(W, b, x, importance)`: the gradient with respect to `W` of the mean over samples and features of
$I_i (x_i - \\hat x_i)^2$, where $\\hat x = \\mathrm{relu}(W^\\top W x + b)$, without autograd. `W` has shape
(d_hidden, n_features), `b` and `importance` (n_features,), `x` (n_samples, n_features); the result has the shape of
`W`.""",
    reference=weight_gradient,
    sample=_sample,
    sizes={
        "W": ("d_hidden", "n_features"),
        "b": ("n_features",),
        "x": ("n_samples", "n_features"),
        "importance": ("n_features",),
    },
    returns=("d_hidden", "n_features"),
    imports="import torch",
    wrong=(
        Wrong(
            _mistaken(roads=(1, 0)),
            "You follow the reading side only. `W` also stores: the same weights, a second road.",
        ),
        Wrong(
            _mistaken(roads=(0, 1)),
            "You follow the storing side only. `W` also reads back: the same weights, a second road.",
        ),
        Wrong(
            _mistaken(gate=lambda z, _x: torch.ones_like(z)),
            "A ReLU that is shut passes no gradient. Multiply the error by `z > 0`.",
        ),
        Wrong(_mistaken(power=2), "Your importance is squared. It multiplies the squared error once."),
        Wrong(_mistaken(power=0), "Your importance is missing: it weighs the error of each feature."),
        Wrong(_mistaken(factor=False), FACTOR),
        Wrong(
            lambda W, b, x, importance: -weight_gradient(W, b, x, importance),
            "This points downhill. A gradient points to where the loss grows; the step has the minus.",
        ),
        Wrong(_scaled(lambda x: 1 / x.numel()), FACTOR),
        Wrong(_scaled(lambda x: 2 / len(x)), FACTOR),
        Wrong(_scaled(lambda x: 2 / x.shape[1]), FACTOR),
        Wrong(
            _mistaken(gate=lambda z, x: x > 0),
            "You let the error pass where the *input* is on. The gate is the output, `z > 0`: where it is open and the "
            "input is off, the model hears a ghost, and has to learn from it.",
        ),
        Wrong(
            _mistaken(rectify=lambda value: value),
            "You left the ReLU out: this is the gradient of the linear model.",
        ),
    ),
    properties=(
        Property(
            _is_the_slope,
            "Along a random direction the gradient should agree with the difference of the loss at two near points.",
        ),
        Property(_rests_where_nothing_is_lost, "Where every input comes back whole, the gradient should be 0."),
    ),
    hints=(
        "`W` is used twice, so two terms: one for reading back, one for storing.",
        "The error that travels back is `(z - x) * (z > 0) * importance`, one number a sample and feature.",
        "Reading: `h.T @ error`. Storing: `(error @ W.T).T @ x`. Both times `2 / x.numel()`.",
    ),
    why="Tied weights learn from two sides: a column moves towards the hidden numbers whose reading it has to mend, "
    "and the whole matrix moves so that what is stored can be read better. A shut ReLU learns nothing.",
)

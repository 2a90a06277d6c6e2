"""Exercise: what a model pays for rare features, to first order in their probability."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def first_order_loss(W, b, x, importance):
    """Average over x what one feature at a time costs, over p."""
    overlap = W.T @ W
    heard = torch.relu(x[:, None, None] * overlap + b)
    wanted = x[:, None, None] * torch.eye(len(b))
    error = importance * (heard - wanted) ** 2
    return (error.mean(0).sum() / len(b)).item()


def _sample(generator: torch.Generator, _trial: int) -> dict:
    d_hidden, more = torch.randint(2, 5, (2,), generator=generator).tolist()
    n_samples, n_features = int(torch.randint(20, 40, (), generator=generator)), d_hidden + more
    return {
        "W": torch.randn(d_hidden, n_features, generator=generator) / 1.5,
        "b": -0.3 * torch.rand(n_features, generator=generator),
        "x": torch.rand(n_samples, generator=generator),
        "importance": 0.2 + torch.rand(n_features, generator=generator),
    }


def _is_free_for_a_digon(case: Case) -> bool:
    digon, ones = torch.tensor([[1.0, -1.0]]), torch.ones(2)
    return agrees(case.again(W=digon, b=torch.zeros(2), importance=ones), 0.0)


def _charges_for_the_dead(case: Case) -> bool:
    n = case["W"].shape[1]
    dead = case.again(W=torch.zeros_like(case["W"]), b=torch.zeros(n))
    return agrees(dead, float(case["importance"].mean() * case["x"].square().mean()))


def _mistaken(rectify=torch.relu, own=1.0, bias=1.0, once=1, ghosts=1.0):
    def function(W, b, x, importance):
        heard = rectify(x[:, None, None] * (W.T @ W) + bias * b)
        eye = torch.eye(len(b))
        error = importance * (heard - x[:, None, None] * eye) ** 2
        return ((error * (own * eye + ghosts * (1 - eye))).mean(0).sum() / len(b) ** once).item()

    return function


exercise = Exercise(
    title="rare features",
    prompt="""\
At small $p$ at most one feature is on. Write `first_order_loss(W, b, x, importance)`: the limit of loss / $p$, with
the integral over the value of the feature that is on replaced by a mean over the values in `x`,

$$\\frac1n \\sum_i \\mathrm{mean}_x \\sum_j I_j\\, e_{ij}(x)^2 ,$$

where $e_{ij}(x) = x\\,[i = j] - \\mathrm{relu}(G_{ij}\\, x + b_j)$ and $G = W^\\top W$, as a number. `W` has shape
(d_hidden, n_features), `b` and `importance` (n_features,), `x` (n_samples,).""",
    reference=first_order_loss,
    sample=_sample,
    sizes={"W": ("d_hidden", "n_features"), "b": ("n_features",), "x": ("n_samples",), "importance": ("n_features",)},
    returns=float,
    imports="import torch",
    wrong=(
        Wrong(
            _mistaken(rectify=lambda value: value),
            "You charge for negative overlaps. The ReLU has removed them, and they cost nothing.",
        ),
        Wrong(
            _mistaken(own=0.0),
            "You leave out the feature's own error. Then a dead model would cost nothing.",
        ),
        Wrong(_mistaken(bias=0.0), "You ignore the bias. It swallows small overlaps, and a part of the feature too."),
        Wrong(
            _mistaken(once=2),
            "You divide by $n$ twice. It is a mean over outputs, but a *sum* over which feature is on.",
        ),
        Wrong(_mistaken(once=0), "You never divide by $n$: the loss is a mean over the outputs."),
        Wrong(
            _mistaken(ghosts=0.0),
            "You count the feature that is on, and not what the others hear of it. That is the interference.",
        ),
    ),
    properties=(
        Property(_is_free_for_a_digon, "A digon of length 1 without biases should cost nothing: its overlap is −1."),
        Property(
            _charges_for_the_dead,
            "A model that stores nothing should cost the mean importance times the mean of $x^2$.",
        ),
    ),
    hints=(
        "Feature $i$ is on with value $x$. What does output $j$ say, and what should it say?",
        "Make an array with three axes: values of `x`, which feature is on, which output. "
        "`x[:, None, None] * (W.T @ W)` has them.",
        "Add `b`, rectify, subtract `x` on the diagonal, square, weigh with `importance`; mean over `x`, sum over the "
        "rest, divide by $n$.",
    ),
    why="When features are rare, two are never on at once, and the loss is a sum over pairs: who is on, who listens. "
    "Negative overlaps are silent, so opposite directions are free and only acute angles cost.",
)

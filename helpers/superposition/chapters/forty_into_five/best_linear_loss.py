"""Exercise: the exact loss that every trained linear model is compared with."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def best_linear_loss(
    n_features,
    d_hidden,
    feature_probability,
    importance,
):
    """Evaluate the least loss of any linear model."""
    p = feature_probability
    variance = p / 3 - p**2 / 4
    dropped = importance.sort().values[: n_features - d_hidden]
    return dropped.sum().item() * variance / n_features


def _sample(generator: torch.Generator, _trial: int) -> dict:
    d_hidden, more = torch.randint(2, 12, (2,), generator=generator).tolist()
    n_features = d_hidden + more + (more == d_hidden)  # as many dropped as kept would hide a swap
    return {
        "n_features": n_features,
        "d_hidden": d_hidden,
        "feature_probability": 0.1 + 0.8 * torch.rand((), generator=generator).item(),
        "importance": 0.1 + 2 * torch.rand(n_features, generator=generator),
    }


def _loses_nothing_with_room_for_all(case: Case) -> bool:
    return agrees(case.again(d_hidden=case["n_features"]), 0.0)


def _starts_from_the_mean(case: Case) -> bool:
    p = case["feature_probability"]
    return agrees(case.again(d_hidden=0), case["importance"].mean().item() * (p / 3 - p**2 / 4))


def _falls_with_room(case: Case) -> bool:
    return float(case.again(d_hidden=case["d_hidden"] + 1)) < float(case.result)


def _kept(importance: torch.Tensor, d_hidden: int) -> torch.Tensor:
    return importance.sort(descending=True).values[:d_hidden]


def _dropped(importance: torch.Tensor, d_hidden: int) -> torch.Tensor:
    return importance.sort(descending=True).values[d_hidden:]


def _variance(p: float) -> float:
    return p / 3 - p**2 / 4


exercise = Exercise(
    title="the best linear loss",
    prompt="""\
A linear model with `d_hidden` hidden numbers keeps the `d_hidden` most important features exactly. For every other
feature its best answer is the mean. Write `best_linear_loss(n_features, d_hidden, feature_probability, importance)`:
the loss that is left, as a number, without training anything.

The importances come in any order. A feature that is on with probability $p$ and then uniform on $(0, 1)$ has
$E[x] = p/2$ and $E[x^2] = p/3$. The loss is the mean over features, as before.""",
    reference=best_linear_loss,
    sample=_sample,
    sizes={"importance": ("n_features",)},
    returns=float,
    wrong=(
        Wrong(
            lambda n, d, p, importance: _dropped(importance, d).sum() * p / 3 / n,
            "p/3 is the cost of answering 0. A bias can answer the mean p/2 instead, and that lowers the cost to the "
            "variance.",
        ),
        Wrong(
            lambda n, d, p, importance: _dropped(importance, d).sum() * p / 12 / n,
            "This is p/12: the spread of the values while the feature is on. That it goes on and off is spread too; "
            "the variance is E[x²] - E[x]², and E[x]² is p²/4, not p/4.",
        ),
        Wrong(
            lambda n, d, p, importance: _dropped(importance, d).sum() / 12 / n,
            "1/12 is the variance of a feature that is always on. Yours is on with probability p; the two agree at "
            "p = 1 only.",
        ),
        Wrong(
            lambda n, d, p, importance: _dropped(importance, d).sum() * (p / 3 - p**2 / 2) / n,
            "The variance subtracts the square of the mean, (p/2)² = p²/4: the 2 is squared as well.",
        ),
        Wrong(
            lambda n, d, p, importance: importance.sort().values[d:].sum() * _variance(p) / n,
            "You drop the most important features and keep the least. The loss is smallest the other way round.",
        ),
        Wrong(
            lambda n, d, p, importance: _kept(importance, d).sum() * _variance(p) / n,
            "You add up the features that are kept, and those cost nothing. The loss comes from the others.",
        ),
        Wrong(
            lambda n, d, p, importance: importance[d:].sum() * _variance(p) / n,
            "This is right only if the importances come sorted. Here they come in any order: sort them first.",
        ),
        Wrong(
            lambda n, d, p, importance: _dropped(importance, d).sum() * _variance(p),
            "This is the sum over features; our loss is the mean. Divide by n_features.",
        ),
        Wrong(
            lambda n, d, p, importance: _dropped(importance, d).mean() * _variance(p),
            "You divide by the number of dropped features. The mean is over all n_features: those kept count with "
            "an error of 0.",
        ),
        Wrong(
            lambda n, d, p, importance: importance.sum() * _variance(p) / n,
            "This is the loss of a model that keeps nothing. d_hidden of the features cost nothing at all.",
        ),
        Wrong(
            lambda n, d, p, importance: (n - d) * _variance(p) / n,
            "All dropped features count alike here. Each costs its own importance times the variance.",
        ),
    ),
    properties=(
        Property(
            _loses_nothing_with_room_for_all,
            "With as many hidden numbers as features nothing is dropped, so the loss should be 0.",
        ),
        Property(
            _starts_from_the_mean,
            "With no hidden numbers at all, every feature costs its importance times the variance p/3 - p²/4.",
        ),
        Property(_falls_with_room, "Every further hidden number should lower the loss."),
    ),
    hints=(
        "A bias alone can already predict the mean of a feature. What error is left then?",
        "The error left is the variance E[x²] - E[x]². Write it in terms of p.",
        "Sort the importances, add up the n_features - d_hidden smallest, multiply by the variance and divide by "
        "n_features.",
    ),
    why="The features are independent, so a linear model gains nothing by mixing them: a kept feature costs 0, a "
    "dropped one its importance times its variance. So it drops the least important ones. No training can go below "
    "this, at any sparsity, which makes it the line that every other model is measured against.",
)

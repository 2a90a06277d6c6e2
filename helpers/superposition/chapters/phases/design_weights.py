"""Exercise: weights that turn a list of inputs, one set a pattern of activity, into an expectation."""

import math

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def design_weights(
    active_count,
    feature_probability,
    n_features,
    points,
):
    """Weigh every input of a design."""
    k, p = active_count, feature_probability
    chance = p**k * (1 - p) ** (n_features - k)
    inputs = torch.where(k > 0, points * 2**k, 1)
    return chance / inputs


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_features, points = torch.randint(2, 5, (2,), generator=generator).tolist()
    patterns = [bin(pattern).count("1") for pattern in range(2**n_features)]
    counts = [k for k in patterns for _ in range(points * 2**k if k else 1)]
    active_count = torch.tensor(counts)[torch.randperm(len(counts), generator=generator)]
    p = 0.1 + 0.8 * float(torch.rand((), generator=generator))
    return {"active_count": active_count, "feature_probability": p, "n_features": n_features, "points": points}


def _adds_up_to_one(case: Case) -> bool:
    return agrees(float(case.result.sum()), 1.0)


def _counts_the_active(case: Case) -> bool:
    mean = float((case.result * case["active_count"]).sum())
    return agrees(mean, case["n_features"] * case["feature_probability"])


def _puts_all_on_the_full_pattern(case: Case) -> bool:
    full = case.again(feature_probability=1.0)[case["active_count"] == case["n_features"]]
    return agrees(float(full.sum()), 1.0)


def _mistaken(chance=None, share=None):
    def function(active_count, feature_probability, n_features, points):
        k, p = active_count, feature_probability
        likely = p**k * (1 - p) ** (n_features - k) if chance is None else chance(k, p, n_features)
        return likely / (torch.where(k > 0, points * 2**k, 1) if share is None else share(k, points))

    return function


def _binomial(k, p, n_features):
    ways = torch.tensor([float(math.comb(n_features, on)) for on in k.tolist()])
    return ways * p**k * (1 - p) ** (n_features - k)


def _forced(active_count, feature_probability, n_features, points):
    chance = _mistaken(share=lambda k, points: 1)(active_count, feature_probability, n_features, points)
    return chance / chance.sum()


exercise = Exercise(
    title="the weights of a design",
    prompt="""\
A design lists inputs for every pattern of on and off: `points` * $2^k$ of them for a pattern with $k$ features on, and
a single one for the empty pattern. Write `design_weights(active_count, feature_probability, n_features, points)`, the
weight of every input, so that weighted sums are expectations. `active_count` holds $k$ for each input, shape
(n_inputs,), and so the result. Each feature is on with `feature_probability`, independently.""",
    reference=design_weights,
    sample=_sample,
    sizes={"active_count": ("n_inputs",)},
    returns=("n_inputs",),
    imports="import torch",
    wrong=(
        Wrong(
            _mistaken(chance=_binomial),
            "You multiply by the number of patterns with $k$ on. They are already listed one by one.",
        ),
        Wrong(
            _mistaken(share=lambda k, points: torch.ones_like(k)),
            "Every input carries the whole chance of its pattern. It has to be shared among the inputs of the pattern.",
        ),
        Wrong(
            _mistaken(chance=lambda k, p, n_features: p ** k.float()),
            "You ask only that the $k$ features are on. The other $n - k$ must be off: $(1-p)^{n-k}$.",
        ),
        Wrong(
            _mistaken(chance=lambda k, p, n_features: (1 - p) ** k * p ** (n_features - k)),
            "You have exchanged on and off: $p$ is the chance of being on.",
        ),
        Wrong(
            _mistaken(share=lambda k, points: points * 2**k),
            "You share the empty pattern among `points` inputs, but it has one: nothing is on, nothing can vary.",
        ),
        Wrong(
            _mistaken(share=lambda k, points: torch.where(k > 0, points, 1)),
            "You share every pattern among `points` inputs. A pattern with $k$ features on has $2^k$ times as many.",
        ),
        Wrong(
            _mistaken(share=lambda k, points: torch.where(k > 0, points * k, 1)),
            "You give a pattern with $k$ features on $k$ times as many inputs. It has $2^k$ times as many: they fill a "
            "cube with $k$ sides.",
        ),
        Wrong(
            _mistaken(share=lambda k, points: len(k)),
            "You share every pattern among all inputs of the design. Only the inputs of that pattern share its chance.",
        ),
        Wrong(
            _mistaken(share=lambda k, points: torch.bincount(k)[k]),
            "You share one pattern among the inputs of every pattern with $k$ features on. Each pattern has a chance "
            "of its own to share.",
        ),
        Wrong(
            lambda active_count, feature_probability, n_features, points: (
                torch.ones(len(active_count)) / len(active_count)
            ),
            "All inputs weigh the same in yours. The design lists crowded patterns far more often than they come; the "
            "weights have to take that back.",
        ),
        Wrong(
            _forced,
            "The weights add up to 1 because you made them. Crowded patterns, which have more inputs, are still too "
            "heavy: share each chance among its own inputs.",
        ),
    ),
    properties=(
        Property(_adds_up_to_one, "All weights together should be 1: they are a probability."),
        Property(_counts_the_active, "The weighted mean of `active_count` should be $n p$."),
        Property(_puts_all_on_the_full_pattern, "At $p = 1$ only the inputs with everything on should weigh anything."),
    ),
    hints=(
        "List the four patterns of two features. How likely is each?",
        "A given pattern with $k$ on has probability $p^k (1-p)^{n-k}$. How many inputs share it?",
        "Divide by `points * 2**k` where `k > 0`, and by 1 where `k` is 0; `torch.where` says so.",
    ),
    why="One list of inputs serves every probability, since only the weights know p. An expectation becomes a weighted "
    "sum, the same at every step, and training loses its noise.",
)

"""Exercise: one uniform number decides whether a feature is on, and how strongly."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def sparse_features(uniform, feature_probability):
    """Make features that are on with the given probability."""
    return torch.relu(1 - uniform / feature_probability)


def _sample(generator: torch.Generator, trial: int) -> dict:
    n_samples, n_features = torch.randint(3, 20, (2,), generator=generator).tolist()
    rare = 0.1 + 0.3 * torch.rand((), generator=generator).item()  # never near 1/2, where p and S look alike
    return {
        "uniform": torch.rand(n_samples, n_features, generator=generator),
        "feature_probability": 1 - rare if trial % 2 else rare,
    }


def _has_the_law(case: Case) -> bool:
    grid = (torch.arange(2000) + 0.5).reshape(1, -1) / 2000
    features, p = case.again(uniform=grid), case["feature_probability"]
    share_off = float((features == 0).double().mean())
    return abs(float(features.mean()) - p / 2) < 1e-3 and abs(share_off - (1 - p)) < 1e-3


def _never_off_at_one(case: Case) -> bool:
    return agrees(case.again(feature_probability=1.0), 1 - case["uniform"])


exercise = Exercise(
    title="sparse features",
    prompt="""\
Forty independent coin flips and forty random values would do. One uniform number a feature does both jobs.

Write `sparse_features(uniform, feature_probability)`. With $p$ = `feature_probability` and a uniform number $u$, the
feature is exactly 0 when $u \\ge p$. When $u < p$ it is on, and its value falls evenly from 1 at $u = 0$ to 0 at
$u = p$. The result has the shape of `uniform`.""",
    reference=sparse_features,
    sample=_sample,
    sizes={"uniform": ("n_samples", "n_features")},
    returns=("n_samples", "n_features"),
    wrong=(
        Wrong(
            lambda u, p: torch.relu(1 - u) * p,
            "Now every feature is always on, only smaller. A rare feature is off most of the time and large when it "
            "comes: let `p` decide how often, not how much.",
        ),
        Wrong(
            lambda u, p: (u < p) * u,
            "The right features are on, but their values lie between 0 and p. Stretch them to reach from 0 to 1: the "
            "mean of a feature should be p/2, and yours is p²/2.",
        ),
        Wrong(
            lambda u, p: (u < p).to(u.dtype),
            "Every feature that is on has the value 1. `u` knows more than that: use how far below p it lies.",
        ),
        Wrong(
            lambda u, p: torch.relu(1 - u / (1 - p)),
            "Your features are on with probability 1 - p. That is how it goes when the sparsity S = P(feature is zero) "
            "stands where the feature probability was asked for.",
        ),
        Wrong(
            lambda u, p: 1 - u / p,
            "A feature that is absent must be exactly 0, and yours goes below zero. What cuts off the negative part?",
        ),
        Wrong(
            lambda u, p: (u / p).clamp(0, 1),
            "Your feature is largest where it should vanish: `u / p` reaches 1 at u = p and stays there. Turn it "
            "round.",
        ),
        Wrong(
            lambda u, p: torch.where(u < p, u / p, 0.0),
            "The law is right, the order is not: the value should be 1 at u = 0 and fall to 0 at u = p. Then it meets "
            "the zeros without a jump, and one function does it all.",
        ),
    ),
    properties=(
        Property(
            _has_the_law,
            "Over evenly spread u, a share 1 - p of the features should be exactly 0, and the mean should be p/2.",
        ),
        Property(_never_off_at_one, "At p = 1 no feature is ever off, and the value is 1 - u."),
    ),
    hints=(
        "One uniform number can decide both: whether the feature is on, and how strongly.",
        "`u < p` happens with probability p. What is `1 - u / p` when u = 0, when u = p, and beyond?",
        "Beyond u = p the expression `1 - u / p` is negative, and there the feature should be 0. `torch.relu` does "
        "that.",
    ),
    why="Given u < p, the ratio u/p is again uniform between 0 and 1, and so is 1 - u/p. So the feature is on with "
    "probability p and uniform when it is on: mean p/2, mean square p/3. One random number a feature is enough.",
)

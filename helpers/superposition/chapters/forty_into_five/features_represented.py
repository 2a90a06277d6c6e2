"""Exercise: count the features that a trained model has kept."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def features_represented(W, threshold):
    """Count the features longer than the threshold."""
    return (W.norm(dim=0) > threshold).sum()


def _sample(generator: torch.Generator, _trial: int) -> dict:
    d_hidden, more = torch.randint(4, 8, (2,), generator=generator).tolist()
    n_features = 2 * d_hidden + more
    directions = torch.nn.functional.normalize(torch.randn(d_hidden, n_features, generator=generator), dim=0)
    threshold = 0.4 + 0.3 * torch.rand((), generator=generator).item()
    lengths = 1.4 * torch.rand(n_features, generator=generator)
    # Three columns of equal entries: two whose length alone passes the threshold, one whose square does too.
    directions[:, :3] = directions[:, :3].sign() / (d_hidden - 1) ** 0.5
    lengths[:3] = torch.tensor([threshold + 0.01, threshold + 0.01, threshold**0.5 + 0.02])
    W = directions * lengths
    W[-1] *= 0.01  # a neuron that hardly counts, so that not every row is long
    return {"W": W, "threshold": threshold}


def _ignores_rotation(case: Case) -> bool:
    W = case["W"]
    rotation = torch.linalg.qr(torch.randn(len(W), len(W), generator=case.generator))[0]
    return agrees(case.again(W=rotation @ W), case.result)


def _counts_both_halves(case: Case) -> bool:
    doubled = case.again(W=torch.cat([case["W"], -case["W"]], dim=1))
    return agrees(doubled, 2 * case.result)


exercise = Exercise(
    title="features represented",
    prompt="""\
How many features did a model keep? Column $i$ of `W` is the direction of feature $i$, and its length says how strongly
the feature is stored. Write `features_represented(W, threshold)`: the number of features whose direction is longer than
`threshold`. `W` has shape (d_hidden, n_features).""",
    reference=features_represented,
    sample=_sample,
    sizes={"W": ("d_hidden", "n_features")},
    returns=float,
    n_trials=8,
    wrong=(
        Wrong(
            lambda W, threshold: (W.norm(dim=1) > threshold).sum(),
            "These are the lengths of the rows: one number a neuron. Features are columns, so sum over the other axis.",
        ),
        Wrong(
            lambda W, threshold: (W.square().sum(0) > threshold).sum(),
            "You compare the squared length. At a threshold of .5 that asks for a length of .707, and counts fewer.",
        ),
        Wrong(
            lambda W, threshold: (W.abs().amax(0) > threshold).sum(),
            "You compare the largest entry of each column. Turn the hidden space and that count changes, though no "
            "feature does; the length does not.",
        ),
        Wrong(
            lambda W, threshold: (W.abs() > threshold).sum(),
            "You count entries of `W`. A feature is a whole column: take its length first, then compare.",
        ),
        Wrong(
            lambda W, threshold: (W.norm(dim=0) < threshold).sum(),
            "You count the features that are shorter than the threshold, the ones that were dropped.",
        ),
        Wrong(
            lambda W, threshold: (W.sum(0) > threshold).sum(),
            "You add up the entries of each column, and positive and negative ones cancel. The length squares them "
            "first.",
        ),
        Wrong(
            lambda W, threshold: (W.abs().sum(0) > threshold).sum(),
            "You add up absolute values. The length is the root of the sum of squares, and it does not depend on the "
            "axes.",
        ),
        Wrong(
            lambda W, threshold: W.norm(dim=0) > threshold,
            "You have one true or false a feature. Add them up to get the number.",
        ),
        Wrong(
            lambda W, threshold: torch.linalg.matrix_rank(W),
            "This is the rank, and it is never above d_hidden. Superposition is just that more features than that are "
            "stored.",
        ),
    ),
    properties=(
        Property(
            _ignores_rotation,
            "Turning the hidden space, `R @ W` for `W`, changes no feature's length, so the count should stay.",
        ),
        Property(
            _counts_both_halves,
            "Beside every feature put its opposite, and there should be twice as many.",
        ),
    ),
    equivalent_mutants={
        "W.norm(dim=0) > threshold -> W.norm(dim=0) >= threshold": "The two differ only for a length that equals the "
        "threshold to the last digit, which trained weights never have.",
    },
    hints=(
        "You need one number a feature before you count anything. Which axis of `W` holds the hidden dimensions?",
        "The length of a column is the root of the sum of its squared entries; take the root before you compare.",
        "`W.norm(dim=0)` gives the lengths of all columns. Compare with the threshold, then `.sum()`.",
    ),
    why="The length of a feature's direction does not depend on the axes of the hidden space, so neither does the "
    "count. It does depend on the threshold, so look at the lengths themselves before you quote it.",
)

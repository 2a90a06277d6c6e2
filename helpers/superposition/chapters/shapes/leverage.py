"""Exercise: the bound behind the theorem, feature by feature."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def leverage(W):
    """Bound each feature's share by its leverage."""
    return (torch.linalg.pinv(W).T * W).sum(0)


def _sample(generator: torch.Generator, trial: int) -> dict:
    d_hidden, more = torch.randint(2, 6, (2,), generator=generator).tolist()
    W = torch.randn(d_hidden, d_hidden + more, generator=generator)
    if trial % 2:
        W[0] = 0  # a hidden dimension that nobody uses
    return {"W": W}


def _adds_up_to_the_rank(case: Case) -> bool:
    rank = int(torch.linalg.matrix_rank(case["W"]))
    return abs(float(case.result.sum()) - rank) < 1e-3


def _is_above_the_share(case: Case) -> bool:
    overlaps = (case["W"].T @ case["W"]).square()
    share = overlaps.diagonal() / overlaps.sum(0)
    return bool((case.result >= share - 1e-4).all())


def _ignores_the_axes(case: Case) -> bool:
    d = len(case["W"])
    mixed = torch.eye(d) + 0.3 * torch.linalg.qr(torch.randn(d, d, generator=case.generator))[0]
    return agrees(case.again(W=mixed @ case["W"]), case.result)


def _halves_beside_opposites(case: Case) -> bool:
    doubled = case.again(W=torch.cat([case["W"], -case["W"]], dim=1))
    return agrees(doubled, torch.cat([case.result, case.result]) / 2)


def _dimensionality(W):
    overlaps = (W.T @ W).square()
    return overlaps.diagonal() / overlaps.sum(0)


exercise = Exercise(
    title="leverage",
    prompt="""\
In the proof each share was bounded by $w_i^\\top F^+ w_i$ with $F = W W^\\top$, the leverage of feature $i$. Write
`leverage(W)`: the leverages of all columns of `W`. $F^+$ is the pseudo-inverse, since a hidden dimension may be unused.
`W` has shape (d_hidden, n_features), the result (n_features,).""",
    reference=leverage,
    sample=_sample,
    sizes={"W": ("d_hidden", "n_features")},
    returns=("n_features",),
    wrong=(
        Wrong(
            lambda W: (W * (torch.linalg.inv(W @ W.T) @ W)).sum(0),
            "A plain inverse fails as soon as a hidden dimension is unused. The pseudo-inverse leaves such a "
            "dimension out.",
        ),
        Wrong(
            lambda W: W.square().sum(0),
            "This is the squared length. A leverage does not change when you stretch the whole of `W`: you have not "
            "divided by what is stored there.",
        ),
        Wrong(
            lambda W: (W * (W @ W.T @ W)).sum(0),
            "You forgot to invert $F$: this is the bottom of the share, not the bound on it.",
        ),
        Wrong(
            lambda W: torch.full((W.shape[1],), float(torch.linalg.matrix_rank(W)) / W.shape[1]),
            "You spread the rank evenly. The sum is right, but features that stand apart have more leverage.",
        ),
        Wrong(
            _dimensionality,
            "This is the share itself. The bound is larger, unless the feature is an eigenvector of $F$.",
        ),
        Wrong(
            lambda W: (torch.linalg.pinv(W @ W.T) @ W).square().sum(0),
            "You have the squared length of $F^+ w_i$. Multiply by $w_i$ instead of squaring.",
        ),
    ),
    properties=(
        Property(
            _adds_up_to_the_rank, "Leverages should add up to the rank of `W`: they are the trace of a projector."
        ),
        Property(_halves_beside_opposites, "With its opposite beside every feature, each leverage should be halved."),
        Property(_is_above_the_share, "No feature's share should be larger than its leverage."),
        Property(_ignores_the_axes, "Mixing the hidden dimensions invertibly should not change a leverage."),
    ),
    hints=(
        "In regression this is the diagonal of the hat matrix: the projector onto the rows of `W`.",
        "$W^\\top F^+ W = W^+ W$, so one pseudo-inverse is enough, and only the diagonal of the product is wanted.",
        "`torch.linalg.pinv(W)` has shape (n_features, d_hidden). Multiply it entry by entry with `W`, one of the two "
        "transposed, and sum.",
    ),
    why="The projector onto the rows of W has eigenvalues 1 and 0 only, so its trace counts dimensions. Each leverage "
    "is the most that a feature could claim of them, and the share is the leverage exactly if the feature is an "
    "eigenvector of F.",
)

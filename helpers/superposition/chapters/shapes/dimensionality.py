"""Exercise: the share of a dimension that each feature has to itself."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def dimensionality(W):
    """Measure each feature's share of a dimension."""
    overlaps = W.T @ W
    crowd = overlaps.square().sum(0)
    share = overlaps.diagonal().square() / crowd
    return torch.where(crowd > 0, share, 0.0)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    d_hidden, more = torch.randint(2, 6, (2,), generator=generator).tolist()
    W = torch.randn(d_hidden, d_hidden + more + 1, generator=generator)
    W[:, 1] *= 0.1  # a short feature among long ones still has a share
    W[:, more] = 0  # and a dropped one has none
    W[:, 0] = -W[:, -1]  # a digon: signs that cancel when overlaps are not squared
    return {"W": W}


def _ignores_rotation(case: Case) -> bool:
    d = len(case["W"])
    turn = torch.linalg.qr(torch.randn(d, d, generator=case.generator))[0]
    return agrees(case.again(W=turn @ case["W"]), case.result)


def _ignores_scale(case: Case) -> bool:
    return agrees(case.again(W=2 * case["W"]), case.result)


def _stays_within_the_rank(case: Case) -> bool:
    return float(case.result.sum()) <= len(case["W"]) + 1e-3


def _halves_beside_opposites(case: Case) -> bool:
    doubled = case.again(W=torch.cat([case["W"], -case["W"]], dim=1))
    return agrees(doubled, torch.cat([case.result, case.result]) / 2)


def _share(top: torch.Tensor, bottom: torch.Tensor) -> torch.Tensor:
    return torch.where(bottom > 0, top / bottom, 0.0)


def _without_itself(W):
    overlaps = (W.T @ W).square()
    return _share(overlaps.diagonal(), overlaps.sum(0) - overlaps.diagonal())


def _of_the_neurons(W):
    overlaps = (W @ W.T).square()
    return _share(overlaps.diagonal(), overlaps.sum(0))


def _of_absolute_overlaps(W):
    overlaps = (W.T @ W).abs()
    return _share(overlaps.diagonal(), overlaps.sum(0))


exercise = Exercise(
    title="dimensionality",
    prompt="""\
Write `dimensionality(W)`: for each column $w_i$ of `W` the share
$D_i = \\lVert w_i\\rVert^4 / \\sum_j (w_i \\cdot w_j)^2$, the sum running over all features, $i$ among them.
A feature that was dropped, a column of zeros, has share 0. `W` has shape (d_hidden, n_features), the result
(n_features,).""",
    reference=dimensionality,
    sample=_sample,
    sizes={"W": ("d_hidden", "n_features")},
    returns=("n_features",),
    wrong=(
        Wrong(
            lambda W: _share((W.T @ W).diagonal(), (W.T @ W).square().sum(0)),
            "The top is the squared length, and the bottom has the fourth power in it: doubling `W` must not change a "
            "share. Square the top once more.",
        ),
        Wrong(
            _without_itself,
            "You leave the feature itself out of the crowd. Then a feature alone would be divided by nothing; with "
            "itself in the sum its share is 1.",
        ),
        Wrong(_of_the_neurons, "These are shares of the rows, one a neuron. Features are the columns of `W`."),
        Wrong(
            lambda W: _share((W.T @ W).diagonal().square(), (W.T @ W).sum(0).square()),
            "You add the overlaps and square the sum. Opposite features then cancel and look alone: square first.",
        ),
        Wrong(
            _of_absolute_overlaps,
            "You add up absolute overlaps. The squares belong inside the sum, and the fourth power on top with them; "
            "otherwise the shares of a pentagon do not add up to 2.",
        ),
        Wrong(
            lambda W: (W.T @ W).diagonal().square() / (W.T @ W).square().sum(0),
            "A dropped feature gives 0 / 0 here, which is not a number. Say what you want: its share is 0.",
        ),
        Wrong(
            lambda W: _share((W.T @ W).diagonal().square(), (W.T @ W).square().sum().expand(W.shape[1])),
            "You divide every feature by one number, the sum over the whole table. Each has a row of its own.",
        ),
    ),
    properties=(
        Property(_ignores_rotation, "Turning the hidden space changes no overlap, so it should change no share."),
        Property(_ignores_scale, "Twice the `W` should have the same shares."),
        Property(_halves_beside_opposites, "Beside every feature put its opposite, and each share should be halved."),
        Property(_stays_within_the_rank, "The shares should add up to no more than the number of dimensions."),
    ),
    equivalent_mutants={
        "W.T @ W -> W.T @ -W": "Every overlap changes its sign, and all of them are squared afterwards.",
        "0 -> 1": "The table of overlaps is symmetric, so its rows and its columns have the same sums.",
    },
    hints=(
        "All overlaps at once are `W.T @ W`. Where in that table are the squared lengths?",
        "The top is the square of the diagonal. The bottom is the sum of a row, after squaring each entry.",
        "For a dropped feature top and bottom are 0. `torch.where(bottom > 0, top / bottom, 0.0)` says what is meant.",
    ),
    why="The row of overlaps tells how strongly everybody projects onto this direction; the diagonal entry is the part "
    "that the feature plays itself. The share is 1 for a feature that meets nobody and 1/2 in a digon, and all shares "
    "together never exceed the rank of W.",
)

"""Exercise: how nearly a set of directions is a tight frame."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def tightness(W):
    """Compare the least heard direction with the best heard."""
    eigenvalues = torch.linalg.eigvalsh(W @ W.T)
    return (eigenvalues.min() / eigenvalues.max()).item()


def _sample(generator: torch.Generator, _trial: int) -> dict:
    d_hidden, more = torch.randint(2, 6, (2,), generator=generator).tolist()
    W = torch.randn(d_hidden, d_hidden + more + 2, generator=generator)
    return {"W": W * torch.linspace(1, 2, d_hidden)[:, None]}


def _is_one_for_a_polygon(case: Case) -> bool:
    k = case["W"].shape[1]
    angle = 2 * torch.pi * torch.arange(k) / k
    return agrees(case.again(W=3 * torch.stack([angle.cos(), angle.sin()])), 1.0)


def _ignores_rotation_and_scale(case: Case) -> bool:
    d = len(case["W"])
    turn = torch.linalg.qr(torch.randn(d, d, generator=case.generator))[0]
    return agrees(case.again(W=3 * turn @ case["W"]), case.result)


def _eigenvalues(W):
    return torch.linalg.eigvalsh(W @ W.T)


exercise = Exercise(
    title="tightness",
    prompt="""\
A frame is tight when $F = W W^\\top$ stretches every direction alike. Write `tightness(W)`: the smallest eigenvalue of
$F$ divided by the largest, a number that is 1 for a tight frame and smaller for all others. `W` has shape
(d_hidden, n_features) and at least as many independent columns as dimensions.""",
    reference=tightness,
    sample=_sample,
    sizes={"W": ("d_hidden", "n_features")},
    returns=float,
    wrong=(
        Wrong(
            lambda W: (torch.linalg.svdvals(W).min() / torch.linalg.svdvals(W).max()).item(),
            "These are singular values of `W`. The eigenvalues of $F$ are their squares.",
        ),
        Wrong(
            lambda W: (_eigenvalues(W).max() / _eigenvalues(W).min()).item(),
            "You divide the largest by the smallest, which is 1 or more. The other way round it stays between 0 and 1.",
        ),
        Wrong(
            lambda W: (W.norm(dim=0).min() / W.norm(dim=0).max()).item() ** 2,
            "You compare lengths of features. Three arms of equal length, bent towards each other, have equal lengths "
            "and hear one direction better than another.",
        ),
        Wrong(
            lambda W: ((W @ W.T).diagonal().min() / (W @ W.T).diagonal().max()).item(),
            "You read the diagonal of $F$. Turn the space and it changes; the eigenvalues do not.",
        ),
        Wrong(
            lambda W: (torch.linalg.eigvalsh(W.T @ W).min() / torch.linalg.eigvalsh(W.T @ W).max()).item(),
            "This is the Gram matrix of the features. With more features than dimensions its smallest eigenvalue is "
            "always 0: take `W @ W.T`.",
        ),
        Wrong(
            lambda W: (_eigenvalues(W).min() / _eigenvalues(W).mean()).item(),
            "You divide by the mean eigenvalue. The largest was asked for.",
        ),
    ),
    properties=(
        Property(_is_one_for_a_polygon, "Every regular polygon, of any size, is a tight frame: 1."),
        Property(_ignores_rotation_and_scale, "Turning and stretching the whole of `W` should not matter."),
    ),
    hints=(
        "What does $F$ do to a direction of the space? How much is heard along its eigenvectors?",
        "`torch.linalg.eigvalsh` takes a symmetric matrix and returns its eigenvalues, smallest first.",
        "The matrix is `W @ W.T`, with as many rows as there are hidden dimensions, not features.",
    ),
    why="Along an eigenvector of F the features are heard with the strength of its eigenvalue. If all are equal, no "
    "direction is crowded and none is empty: nothing of the budget is wasted, and every feature is an eigenvector.",
)

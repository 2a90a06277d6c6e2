"""Exercise: the whole ReLU-output model in one line."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def reconstruct(W, b, x):
    """Squeeze each sample x and read every feature back."""
    return torch.relu(x @ W.T @ W + b)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    d_hidden, more, n_samples = torch.randint(2, 7, (3,), generator=generator).tolist()
    n_features = d_hidden + more
    return {
        "W": torch.randn(d_hidden, n_features, generator=generator),
        "b": 0.5 * torch.randn(n_features, generator=generator),
        "x": torch.rand(n_features + n_samples, n_features, generator=generator),
    }


def _keeps_an_identity_slice(case: Case) -> bool:
    d_hidden, n_features = case["W"].shape
    kept = case.again(W=torch.eye(d_hidden, n_features), b=torch.zeros(n_features))
    return agrees(kept, case["x"] * (torch.arange(n_features) < d_hidden))


def _ignores_rotation(case: Case) -> bool:
    W = case["W"]
    rotation = torch.linalg.qr(torch.randn(len(W), len(W), generator=case.generator))[0]
    return agrees(case.again(W=rotation @ W), case.result)


exercise = Exercise(
    title="reconstruct",
    prompt="""\
Write the model itself, `reconstruct(W, b, x)`. Column $i$ of `W` is the direction of feature $i$. Each row of `x` is
one sample; add up the directions of its features to get the hidden numbers $h = W x$, read every feature back with its
own direction, add the bias, and rectify once, at the output:

$$\\hat x = \\mathrm{ReLU}(W^\\top W x + b)$$

`W` has shape (d_hidden, n_features), `b` (n_features,), `x` (n_samples, n_features), and so has the result.""",
    reference=reconstruct,
    sample=_sample,
    sizes={"W": ("d_hidden", "n_features"), "b": ("n_features",), "x": ("n_samples", "n_features")},
    returns=("n_samples", "n_features"),
    wrong=(
        Wrong(
            lambda W, b, x: torch.relu(torch.relu(x @ W.T) @ W + b),
            "You rectify the hidden numbers too, as the post's own code does. They can no longer be negative, and two "
            "features can no longer share a line from opposite ends.",
        ),
        Wrong(
            lambda W, b, x: torch.relu(x @ (W @ W.T) + b),
            "`W @ W.T` compares neurons with neurons. Features are the columns of `W`, so the matrix that compares "
            "them is `W.T @ W`.",
        ),
        Wrong(
            lambda W, b, x: torch.relu(W.T @ W @ x + b),
            "Each row of `x` is a sample, so the features stand on its last axis: `x` goes to the left of the product.",
        ),
        Wrong(
            lambda W, b, x: torch.relu(x @ W.T + b) @ W,
            "The bias has one entry a feature, and the hidden space has fewer numbers than that. It is added after the "
            "features are read back.",
        ),
        Wrong(
            lambda W, b, x: x @ W.T @ W + b,
            "Without a ReLU at the output this is the linear model. The last step cuts off what is negative.",
        ),
        Wrong(
            lambda W, b, x: torch.relu(x @ W.T @ W) + b,
            "The bias comes too late: added before the ReLU, a negative bias can silence small interference.",
        ),
        Wrong(
            lambda W, b, x: torch.relu(x @ W.T @ W),
            "The bias `b` is not used. It says how loud a feature must be before it counts.",
        ),
        Wrong(
            lambda W, b, x: torch.relu(x @ W.T),
            "These are the hidden numbers. Read every feature back from them with its own column of `W`.",
        ),
    ),
    properties=(
        Property(
            _keeps_an_identity_slice,
            "When `W` is the first rows of an identity matrix and `b` is 0, the first d_hidden features should come "
            "back as they were and the others as 0.",
        ),
        Property(
            _ignores_rotation,
            "Turning the hidden space, `R @ W` for `W`, should change nothing: what is read back depends on the angles "
            "between features alone.",
        ),
    ),
    hints=(
        "Write the shapes beside each step: from (n_samples, n_features) to (n_samples, d_hidden) and back.",
        "Features are columns of `W`, samples are rows of `x`: the hidden numbers of all samples are `x @ W.T`.",
        "Back with `@ W`, then `+ b`, then one `torch.relu` around everything.",
    ),
    why="For one sample the formula is W^T W x + b. With samples as rows it is transposed as a whole: x W^T W + b, "
    "since W^T W is symmetric. Its diagonal carries each feature, its off-diagonal is interference, and the ReLU "
    "removes the part of it that falls below zero.",
)

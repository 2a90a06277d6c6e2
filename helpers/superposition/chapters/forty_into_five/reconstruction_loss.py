"""Exercise: what the model is asked to make small."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def reconstruction_loss(x, x_hat, importance):
    """Average the weighted squared error."""
    return (importance * (x - x_hat) ** 2).mean()


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_samples, n_features = torch.randint(3, 12, (2,), generator=generator).tolist()
    x, x_hat = torch.rand(2, n_samples, n_features, generator=generator)
    return {"x": x, "x_hat": x_hat, "importance": 0.1 + 2 * torch.rand(n_features, generator=generator)}


def _is_linear_in_importance(case: Case) -> bool:
    other = torch.rand(len(case["importance"]), generator=case.generator)
    both = case.again(importance=2 * case["importance"] + other)
    return agrees(both, 2 * case.result + case.again(importance=other))


def _ignores_what_does_not_matter(case: Case) -> bool:
    importance = case["importance"].clone()
    importance[0] = 0
    x_hat = case["x"].clone()
    x_hat[:, 0] += 1
    return agrees(case.again(x_hat=x_hat, importance=importance), 0.0)


exercise = Exercise(
    title="reconstruction loss",
    prompt="""\
Write `reconstruction_loss(x, x_hat, importance)`: the mean over all samples and all features of
$I_i\\,(x_i - \\hat x_i)^2$. `x` and `x_hat` have shape (n_samples, n_features), `importance` holds one $I_i$ a feature.
Return a tensor without dimensions, so that it can be differentiated.""",
    reference=reconstruction_loss,
    sample=_sample,
    sizes={
        "x": ("n_samples", "n_features"),
        "x_hat": ("n_samples", "n_features"),
        "importance": ("n_features",),
    },
    returns=(),
    wrong=(
        Wrong(
            lambda x, x_hat, importance: ((importance * (x - x_hat)) ** 2).mean(),
            "Importance multiplies the squared error once. Inside the square, or inside the difference, it enters as "
            "I²: a feature half as important would count a quarter.",
        ),
        Wrong(
            lambda x, x_hat, importance: ((x - x_hat) ** 2 @ importance).mean() / importance.sum(),
            "You divide by the sum of the importances. That is a convention, but not ours: it changes all values by "
            "the factor n / sum(I), and no number of this chapter would match.",
        ),
        Wrong(
            lambda x, x_hat, importance: (importance * (x - x_hat) ** 2).sum(-1).mean(),
            "You sum over the features, so the loss is n_features times too large. Take the mean over both axes.",
        ),
        Wrong(
            lambda x, x_hat, importance: (importance * (x - x_hat) ** 2).mean(-1).sum(),
            "You sum over the samples, so a larger batch has a larger loss. Take the mean over both axes.",
        ),
        Wrong(
            lambda x, x_hat, importance: (importance * (x - x_hat) ** 2).sum(),
            "You sum over samples and features. Take the mean over both, or the loss grows with the batch.",
        ),
        Wrong(
            lambda x, x_hat, importance: ((x - x_hat) ** 2).mean(),
            "All features count alike here. Weight each feature's squared error by its importance.",
        ),
        Wrong(
            lambda x, x_hat, importance: (importance * (x - x_hat).abs()).mean(),
            "This is the absolute error. Square the difference: large errors should weigh more.",
        ),
        Wrong(
            lambda x, x_hat, importance: (importance * (x - x_hat)).mean(),
            "You forgot the square. Without it an error above the truth cancels one below, and a bad guess looks good.",
        ),
        Wrong(
            lambda x, x_hat, importance: (importance * (x - x_hat) ** 2).mean().sqrt(),
            "You take the root at the end. The loss is the mean of the weighted squares itself.",
        ),
    ),
    properties=(
        Property(
            _ignores_what_does_not_matter,
            "When only a feature of importance 0 is wrong, the loss should be exactly 0.",
        ),
        Property(
            _is_linear_in_importance,
            "The loss should be linear in the importances: twice the importances, twice the loss.",
        ),
    ),
    hints=(
        "Where does the importance sit: before the square or after it? And what is averaged?",
        "Take one sample with one feature, x = 1, x_hat = 0, importance 1/2. The loss should be 1/2.",
        "`importance` has shape (n_features,), so it multiplies the last axis of the squared error by "
        "itself. Then `.mean()`.",
    ),
    why="The squared error asks for the mean of what is not known, and the importance says how much each feature's "
    "error matters. Dividing by the number of features makes losses of models of different size comparable.",
)

"""Exercise: how large a score must be to single out one key."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def sharpness_for(weight, n_keys):
    """Find the score that gives one key this weight among n."""
    return torch.log((n_keys - 1) * weight / (1 - weight))


def _sample(generator: torch.Generator, _trial: int) -> dict:
    count, n_keys = torch.randint(3, 30, (2,), generator=generator).tolist()
    share = 0.05 + 0.9 * torch.rand(count, generator=generator)
    return {"weight": 1 / n_keys + (1 - 1 / n_keys) * share, "n_keys": n_keys}


def _gives_the_weight_back(case: Case) -> bool:
    scores = torch.zeros(len(case["weight"]), case["n_keys"])
    scores[:, 0] = case.result
    return agrees(scores.softmax(-1)[:, 0], case["weight"])


def _needs_nothing_for_an_even_share(case: Case) -> bool:
    return bool(case.again(weight=torch.tensor([1 / case["n_keys"]])).abs() < 1e-4)


exercise = Exercise(
    title="how sharp is sharp enough?",
    prompt="""\
One key has score $\\beta$, the `n_keys` - 1 others have score 0, and a softmax turns scores into weights. Write
`sharpness_for(weight, n_keys)`: the $\\beta$ at which the one key gets this weight. `weight` is a tensor of weights
between 1/n_keys and 1, and the result has one $\\beta$ for each.""",
    reference=sharpness_for,
    sample=_sample,
    sizes={"weight": ("n_weights",)},
    returns=("n_weights",),
    wrong=(
        Wrong(
            lambda weight, n_keys: torch.log(weight / (1 - weight)),
            "This is right for two keys. With more, the one key has n_keys - 1 rivals.",
        ),
        Wrong(
            lambda weight, n_keys: torch.log(n_keys * weight / (1 - weight)),
            "You count n_keys rivals. The matching key is not its own rival.",
        ),
        Wrong(
            lambda weight, n_keys: torch.log10((n_keys - 1) * weight / (1 - weight)),
            "This is a logarithm to base 10. The softmax is built on e.",
        ),
        Wrong(
            lambda weight, n_keys: torch.log((n_keys - 1) * (1 - weight) / weight),
            "The fraction is upside down: a larger weight should ask for a larger score.",
        ),
        Wrong(
            lambda weight, n_keys: torch.log((n_keys - 1) * weight),
            "You solved e^b / (n - 1) = w. The key stands in the denominator of its own softmax: divide by 1 - w too.",
        ),
        Wrong(
            lambda weight, n_keys: (n_keys - 1) * weight / (1 - weight),
            "This is e to the power of the score. Take its logarithm.",
        ),
    ),
    properties=(
        Property(_gives_the_weight_back, "A softmax of that score among zeros should give the weight back."),
        Property(_needs_nothing_for_an_even_share, "For a weight of 1/n_keys no score is needed: 0."),
    ),
    hints=(
        "Write the weight as a fraction: the one key's exponential over the sum of all.",
        "w = e^b / (e^b + n - 1). Solve for e^b.",
        "e^b = (n - 1) w / (1 - w); take the logarithm.",
    ),
    why="The score that is needed grows with the logarithm of the number of keys. A head that picks cleanly in a short "
    "text blurs in a long one unless its scores grow: a question that the chapter *Particles* comes back to.",
)

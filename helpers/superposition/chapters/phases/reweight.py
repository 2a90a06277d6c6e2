"""Exercise: weights for samples that were drawn with too many features on."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def reweight(active_count, n_features, feature_probability, drawn):
    """Weigh samples drawn with q as if they came with p."""
    k, p, q = active_count, feature_probability, drawn
    on = (p / q) ** k
    off = ((1 - p) / (1 - q)) ** (n_features - k)
    return on * off


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_features, n_samples = (int(torch.randint(*ends, (), generator=generator)) for ends in ((3, 9), (20, 60)))
    u, v = torch.rand(2, generator=generator).tolist()
    drawn = 0.2 + 0.3 * u
    on = torch.rand(n_samples, n_features, generator=generator) < drawn
    p = drawn * (0.2 + 0.6 * v)
    return {"active_count": on.sum(1), "n_features": n_features, "feature_probability": p, "drawn": drawn}


def _means_one(case: Case) -> bool:
    n, q = case["n_features"], case["drawn"]
    k = torch.arange(n + 1)
    law = torch.distributions.Binomial(n, torch.tensor(q)).log_prob(k.float()).exp()
    return agrees(float((case.again(active_count=k) * law).sum()), 1.0)


def _leaves_alone_what_is_right(case: Case) -> bool:
    same = case.again(drawn=case["feature_probability"])
    return agrees(same.float(), torch.ones(len(case["active_count"])))


def _mistaken(function):
    def weigh(active_count, n_features, feature_probability, drawn):
        return function(active_count.float(), n_features, feature_probability, drawn)

    return weigh


def _right(k, n, p, q):
    return (p / q) ** k * ((1 - p) / (1 - q)) ** (n - k)


exercise = Exercise(
    title="reweighting",
    prompt="""\
Samples of `n_features` independent features were drawn with probability $q$ = `drawn`, so that more are on than
$p$ = `feature_probability` would have. Write `reweight(active_count, n_features, feature_probability, drawn)`: the
weight of each sample, so that weighted means are means under $p$. `active_count` holds how many features are on in each
sample, shape (n_samples,), and so the result.""",
    reference=reweight,
    sample=_sample,
    sizes={"active_count": ("n_samples",)},
    returns=("n_samples",),
    imports="",
    wrong=(
        Wrong(
            _mistaken(lambda k, n, p, q: 1 / _right(k, n, p, q)),
            "This is the inverse. Samples with many on were drawn too often, so they must count *less*.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: (p / q) ** k),
            "You weigh what is on. What is off carries news as well: $n - k$ features were off, less often than $p$ "
            "would have it.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: _right(k, n, p, q) / _right(k, n, p, q).mean()),
            "You normalise within the batch. The mean weight is 1 by itself, and forcing it biases the loss.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: p / q + 0 * k),
            "Every sample has one weight here. It must depend on how many features are on.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: (p / q) ** (n - k) * ((1 - p) / (1 - q)) ** k),
            "The two powers have changed places: $k$ features are on, $n - k$ are off.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: ((1 - p) / (1 - q)) ** (n - k)),
            "You weigh what is off. What is on carries news as well: $k$ features were on, more often than $p$ would "
            "have it.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: (p / q) ** k * ((1 - p) / (1 - q)) ** n),
            "You count the features that are on among those that are off as well. Only $n - k$ are off.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: _right(k, n, p, q) / _right(k, n, p, q).sum()),
            "Your weights add up to 1 within the batch. What a sample counts should not hang on the others that were "
            "drawn with it.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: p**k * (1 - p) ** (n - k)),
            "This is how likely the sample is under $p$. It was drawn with $q$, so divide by its chance under $q$.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: _right(k, n, p, q).log()),
            "This is the logarithm of the weight, a good way to compute it. Undo it at the end: `.exp()`.",
        ),
        Wrong(
            _mistaken(lambda k, n, p, q: k * (p / q) + (n - k) * (1 - p) / (1 - q)),
            "You add up one factor a feature. The features are independent, so their chances multiply.",
        ),
    ),
    properties=(
        Property(_means_one, "Over all samples drawn with $q$ the mean weight should be 1."),
        Property(_leaves_alone_what_is_right, "Where $q = p$ every weight should be 1."),
    ),
    hints=(
        "How likely is a given pattern with $k$ features on under $p$? And under $q$?",
        "The weight is the first divided by the second.",
        "$(p/q)^k$ for those that are on, times $\\bigl((1-p)/(1-q)\\bigr)^{n-k}$ for those that are off.",
    ),
    why="A batch drawn as rare features come is nearly empty. Drawing more and counting less keeps every mean where it "
    "was and takes most of the noise out of it.",
)

"""Exercise: train small models and measure what the ReLU gains over the exact linear loss."""

import torch

from superposition import features, toy_models
from superposition.course.bank import Case, Exercise, Property, Wrong

RATIO = "These are differences of losses, all of them tiny. Divide by the linear loss to get a gain one can compare."
INVERTED = "With dense features there is nothing to gain, and you report nearly everything: take 1 minus the ratio."
ONE_NUMBER = (
    "Every feature probability has the same gain here. Losses added up over all of them are ruled by the dense one; "
    "keep one loss for each."
)
SWAPPED = (
    "Your gain grows with density. Is the probability of a feature being *off* used where that of being on was asked?"
)
BASELINE = (
    "With dense features no model of this kind gains 2 %. Compare with the exact `toy_models.best_linear_loss`, not "
    "with a model that was trained badly or stores nothing."
)
NOTHING = (
    "With rare features the ReLU model should gain more than half of the linear loss. Is the output rectified, and is "
    "the model trained until the loss stops falling?"
)
LITTLE = "Where a feature is on once in five times, a trained model gains more than a quarter. Train longer."


def gain(feature_probabilities, *, generator):
    """Measure the gain over the best linear loss at each p."""
    p, importance = feature_probabilities, features.linear_importance(12)
    model = toy_models.ToyModel(12, 3, n_instances=len(p), generator=generator)

    def sampler(n_samples, generator):
        return features.sample(n_samples, 12, p[:, None, None], n_instances=len(p), generator=generator)

    toy_models.fit(model, sampler, importance, steps=600, batch=512, generator=generator)
    x = sampler(20_000, generator)
    loss = toy_models.reconstruction_loss(x, model(x), importance).detach()
    linear = torch.tensor([toy_models.best_linear_loss(12, 3, float(each), importance) for each in p])
    return 1 - loss / linear


def _sample(generator: torch.Generator, _trial: int) -> dict:
    """Draw five probabilities, dense to rare, in any order."""
    typical = torch.tensor([0.9, 0.5, 0.2, 0.1, 0.05])
    jitter = 1 + 0.05 * (2 * torch.rand(5, generator=generator) - 1)
    order = torch.randperm(5, generator=generator)
    own = torch.Generator().manual_seed(int(torch.randint(2**31, (), generator=generator)))
    return {"feature_probabilities": (typical * jitter)[order], "generator": own}


def _from_dense_to_rare(case: Case) -> list[float]:
    return case.result[case["feature_probabilities"].argsort(descending=True)].tolist()


def _is_relative(case: Case) -> bool:
    _, _, fifth, tenth, twentieth = _from_dense_to_rare(case)
    return not (all(0.0005 < each < 0.02 for each in (fifth, tenth, twentieth)) and twentieth < tenth < fifth)


def _is_one_minus_the_ratio(case: Case) -> bool:
    dense, *_, twentieth = _from_dense_to_rare(case)
    return not (dense > 0.9 and 0.3 < twentieth < 0.7)


def _differs_between_probabilities(case: Case) -> bool:
    return float(case.result.max() - case.result.min()) > 1e-4 * float(case.result.abs().max())


def _falls_with_density(case: Case) -> bool:
    dense, *_, twentieth = _from_dense_to_rare(case)
    return not (dense > 0.25 and twentieth < 0.02)


def _gains_nothing_when_dense(case: Case) -> bool:
    return _from_dense_to_rare(case)[0] < 0.02


def _gains_half_when_rare(case: Case) -> bool:
    return _from_dense_to_rare(case)[-1] > 0.5


def _gains_a_quarter_at_one_in_five(case: Case) -> bool:
    return _from_dense_to_rare(case)[2] > 0.25


def _losses(p, generator, *, output="relu", steps=200):
    """Train and return the loss of each model and the best linear loss: what a mistaken gain is made of."""
    importance = features.linear_importance(12)
    model = toy_models.ToyModel(12, 3, n_instances=len(p), output=output, generator=generator)

    def sampler(n_samples, generator):
        return features.sample(n_samples, 12, p[:, None, None], n_instances=len(p), generator=generator)

    toy_models.fit(model, sampler, importance, steps=steps, batch=256, lr=2e-2, generator=generator)
    x = sampler(10_000, generator)
    loss = toy_models.reconstruction_loss(x, model(x), importance).detach()
    return loss, torch.tensor([toy_models.best_linear_loss(12, 3, float(each), importance) for each in p])


def _difference(p, *, generator):
    loss, linear = _losses(p, generator)
    return linear - loss


def _ratio(p, *, generator):
    loss, linear = _losses(p, generator)
    return loss / linear


def _added_up(p, *, generator):
    loss, linear = _losses(p, generator)
    return (1 - loss.sum() / linear.sum()).expand(len(p))


def _off_for_on(p, *, generator):
    loss, linear = _losses(1 - p, generator)
    return 1 - loss / linear


def _against_the_mean(p, *, generator):
    loss, _ = _losses(p, generator)
    nothing_stored = [toy_models.mean_only_loss(float(each), features.linear_importance(12)) for each in p]
    return 1 - loss / torch.tensor(nothing_stored)


def _linear(p, *, generator):
    loss, linear = _losses(p, generator, output="linear")
    return 1 - loss / linear


def _too_short(p, *, generator):
    loss, linear = _losses(p, generator, steps=20)
    return 1 - loss / linear


exercise = Exercise(
    title="the gain",
    prompt="""\
Where does the ReLU begin to pay? Write `gain(feature_probabilities, *, generator)`. For each feature probability train
a ReLU model with 12 features, 3 hidden numbers and importances from 1 to 0.1, measure its loss on fresh samples, and
return by what fraction it lies below the exact linear loss: a tensor with one number a probability.

`toy_models.fit` trains several models side by side, one an instance; 600 steps with a batch of 512 take about a second.
This exercise is judged by what you measure, so your random numbers need not be ours.""",
    imports="import torch\n\nfrom superposition import features, toy_models",
    reference=gain,
    sample=_sample,
    sizes={"feature_probabilities": ("n_probabilities",)},
    returns=("n_probabilities",),
    n_trials=1,
    by_outcome=True,
    seconds=60.0,
    wrong=(
        Wrong(_difference, RATIO),
        Wrong(_ratio, INVERTED),
        Wrong(_added_up, ONE_NUMBER),
        Wrong(_off_for_on, SWAPPED),
        Wrong(_against_the_mean, BASELINE),
        Wrong(_linear, NOTHING),
        Wrong(_too_short, NOTHING),
    ),
    properties=(
        Property(_differs_between_probabilities, ONE_NUMBER),
        Property(_is_relative, RATIO),
        Property(_is_one_minus_the_ratio, INVERTED),
        Property(_falls_with_density, SWAPPED),
        Property(_gains_nothing_when_dense, BASELINE),
        Property(_gains_half_when_rare, NOTHING),
        Property(_gains_a_quarter_at_one_in_five, LITTLE),
    ),
    equivalent_mutants={
        "600 -> 601": "One training step more among six hundred changes nothing that can be seen.",
        "512 -> 513": "One sample more in a batch of 512 changes nothing that can be seen.",
        "20000 -> 20001": "One sample more among twenty thousand changes nothing that can be seen.",
    },
    hints=(
        "Divide by the exact linear loss, not by the loss of a linear model that you trained: nothing is more patient "
        "than a formula.",
        "Give `features.sample` the probabilities as `p[:, None, None]` and as many instances, and all models train at "
        "once. Evaluate on samples drawn after the training.",
        "gain = 1 - loss / linear, with `toy_models.reconstruction_loss` on fresh `x` above and "
        "`toy_models.best_linear_loss` for each probability below.",
    ),
    why="The ReLU can clip interference only when most features are off. At p = .9 several features are always on "
    "together, and the model does no better than the linear one; at p = .05 more than half of the linear loss goes.",
)

"""Exercise: name the phase of a trained model of two features and one number."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def phase_of(W, threshold):
    """Name the phase of each model: 0, 1, 2, or -1 for none."""
    first, second = (W.abs() > threshold).T
    apart = W[:, 0] * W[:, 1] < 0
    phase = torch.full((len(W),), -1)
    phase[first & ~second] = 0
    phase[second & ~first] = 1
    phase[first & second & apart] = 2
    return phase


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_models = int(torch.randint(24, 40, (), generator=generator))
    length = torch.rand(n_models, 2, generator=generator)
    length = torch.where(length > 0.5, 0.55 + length, 0.4 * length)
    sign = torch.where(torch.rand(n_models, 2, generator=generator) < 0.5, -1.0, 1.0)
    W = length * sign
    W[:6] = torch.tensor([[1, -0.5], [0.5, -1], [0.9, 0.8], [0.1, -0.1], [1, -0.12], [-0.12, 1.0]])
    return {"W": W, "threshold": 0.3 + 0.1 * float(torch.rand((), generator=generator))}


def _ignores_the_sign_of_the_line(case: Case) -> bool:
    return agrees(case.again(W=-case["W"]).double(), case.result.double())


def _turns_with_the_roles(case: Case) -> bool:
    swapped = case.again(W=case["W"].flip(1))
    renamed = torch.tensor([1, 0, 2, -1])[case.result.long()]
    return agrees(swapped.double(), renamed.double())


def _mistaken(long, apart):
    def function(W, threshold):
        first, second = long(W, threshold).T
        phase = torch.full((len(W),), -1)
        phase[first & ~second] = 0
        phase[second & ~first] = 1
        phase[first & second & apart(W)] = 2
        return phase

    return function


def _long(W, threshold):
    return W.abs() > threshold


def _apart(W):
    return W.prod(dim=1) < 0


def _by_sign_alone(W, _threshold):
    return torch.where(_apart(W), 2, torch.where(W[:, 0].abs() > W[:, 1].abs(), 0, 1))


def _by_the_longer(W, threshold):
    first, second = W.abs().T
    even = (first - second).abs() < threshold
    return torch.where(even & _apart(W), 2, torch.where(first > second, 0, 1))


def _dead_by_the_longer(W, threshold):
    alive = _long(W, threshold).any(dim=1)
    return torch.where(alive, phase_of(W, threshold), W.abs().argmax(dim=1))


def _one_side_by_the_longer(W, threshold):
    one_side = _long(W, threshold).all(dim=1) & ~_apart(W)
    return torch.where(one_side, W.abs().argmax(dim=1), phase_of(W, threshold))


exercise = Exercise(
    title="which phase",
    prompt="""\
Write `phase_of(W, threshold)`: the phase of each trained model, by its weights. `W` has shape (n_models, 2), one number
a feature; the result (n_models,) holds 0 where only the first feature is longer than `threshold`, 1 where only the
second is, 2 where both are and point to opposite sides, and -1 otherwise.""",
    reference=phase_of,
    sample=_sample,
    sizes={"W": ("n_models", "two")},
    returns=("n_models",),
    imports="import torch",
    wrong=(
        Wrong(
            _by_sign_alone,
            "You look at the signs before the lengths. A dead column has a sign too, and it means nothing.",
        ),
        Wrong(
            _mistaken(_long, lambda W: ~_apart(W)),
            "A positive product means the *same* side. Head to head is a negative one.",
        ),
        Wrong(
            _mistaken(lambda W, threshold: W.square() > threshold, _apart),
            "You compare the squared length with the threshold. That moves the border: it is the length.",
        ),
        Wrong(
            _by_the_longer,
            "You compare the two lengths with each other. (1, −0.5) is a pair, though a lopsided one; each is held "
            "against the threshold.",
        ),
        Wrong(
            _mistaken(lambda W, threshold: threshold < W, _apart),
            "You forgot that a direction may be negative: its length is the absolute value.",
        ),
        Wrong(
            _mistaken(_long, lambda W: torch.ones(len(W), dtype=torch.bool)),
            "Two long arrows on one side are no pair: they cannot be told apart. That is phase −1.",
        ),
        Wrong(
            lambda W, threshold: phase_of(W.flip(1), threshold),
            "You have 0 and 1 the wrong way round: 0 is the phase that keeps the first feature.",
        ),
        Wrong(
            lambda W, threshold: phase_of(W, threshold).clamp(min=0),
            "You begin with 0 everywhere, so models that fit no phase count as keeping the first. Begin with -1.",
        ),
        Wrong(
            _dead_by_the_longer,
            "Of two short arrows you still name the longer. Such a model keeps neither feature: that is -1.",
        ),
        Wrong(
            _one_side_by_the_longer,
            "Of two long arrows on one side you name the longer, but the other was not dropped: that is -1.",
        ),
    ),
    properties=(
        Property(
            _ignores_the_sign_of_the_line,
            "A line has no right end: `-W` should have the same phases as `W`.",
        ),
        Property(
            _turns_with_the_roles,
            "Exchange the two columns, and 0 and 1 should change places while 2 and −1 stay.",
        ),
    ),
    equivalent_mutants={
        **dict.fromkeys(
            ("W[:, 0] * W[:, 1] < 0 -> W[:, 0] * W[:, 1] <= 0", "W.abs() > threshold -> W.abs() >= threshold"),
            "The two differ only for a number that is met to its last digit, which trained weights never do.",
        ),
        "W[:, 0] * W[:, 1] -> W[:, 0] / W[:, 1]": "A quotient has the sign of the product, and only the sign is used.",
        "1 -> -1": "There are two columns, so the last one is column 1.",
    },
    hints=(
        "First ask which columns are long enough. There are four answers.",
        "If both are long, the sign of their product tells whether they point to one side or to two.",
        "Start with −1 everywhere, then fill in 0, 1 and 2 by the masks `first & ~second`, `second & ~first`, "
        "`first & second & apart`.",
    ),
    why="A phase is a word for a range of weights, so somebody has to draw the lines. Where they are drawn decides "
    "what is counted, most of all near a border, where arrows are short.",
)

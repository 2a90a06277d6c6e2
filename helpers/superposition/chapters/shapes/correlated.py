"""Exercise: features that come in pairs."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def correlated(switch, value, pair_probability):
    """Switch pairs of neighbouring features on and off together."""
    on = switch < pair_probability
    return value * on.repeat_interleave(2, dim=1)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_pairs, n_samples = torch.randint(3, 7, (2,), generator=generator).tolist()
    return {
        "switch": torch.rand(10 * n_samples, n_pairs, generator=generator),
        "value": torch.rand(10 * n_samples, 2 * n_pairs, generator=generator),
        "pair_probability": 0.2 + 0.2 * torch.rand((), generator=generator).item(),
    }


def _partners_come_together(case: Case) -> bool:
    on = case.result != 0
    return bool((on[:, 0::2] == on[:, 1::2]).all())


def _never_when_the_switch_is_high(case: Case) -> bool:
    return agrees(case.again(switch=torch.ones_like(case["switch"])), torch.zeros_like(case["value"]))


def _rectified(switch, _value, p):
    return torch.relu(1 - switch / p).repeat_interleave(2, dim=1)


def _halves(switch, value, p):
    on = switch < p
    return value * torch.cat([on, on], dim=1)


def _one_value(switch, value, p):
    return value[:, 0::2].repeat_interleave(2, dim=1) * (switch < p).repeat_interleave(2, dim=1)


def _own_switches(_switch, value, p):
    return value * (value < p)


def _twice(switch, value, p):
    return value * (switch < p**2).repeat_interleave(2, dim=1)


exercise = Exercise(
    title="correlated pairs",
    prompt="""\
Features 0 and 1 are partners, so are 2 and 3, and so on: partners are on together or off together, with values of their
own. Write `correlated(switch, value, pair_probability)`. `switch` holds one uniform number a sample and pair, shape
(n_samples, n_pairs); a pair is on when its number is below `pair_probability`. `value` holds what each feature is worth
when it is on, shape (n_samples, n_features) with two features a pair. The result has the shape of `value`.""",
    reference=correlated,
    sample=_sample,
    sizes={"switch": ("n_samples", "n_pairs"), "value": ("n_samples", "n_features")},
    returns=("n_samples", "n_features"),
    wrong=(
        Wrong(
            _rectified,
            "You make the values out of the switches, so partners are equal. Then a pair is one feature written twice.",
        ),
        Wrong(_one_value, "Partners have one value here. They should switch together, each with a value of its own."),
        Wrong(
            _own_switches,
            "Every feature decides by its own number, and nothing is left of the correlation. The switches decide.",
        ),
        Wrong(_twice, "You ask for two successes. A pair has one switch and is on with the probability itself."),
        Wrong(
            _halves,
            "You pair each feature with one half a row away. Partners are neighbours: repeat each switch in place.",
        ),
        Wrong(
            lambda switch, value, p: value * (switch > p).repeat_interleave(2, dim=1),
            "Your pairs are on when the number is above the probability, and so on far too often.",
        ),
    ),
    properties=(
        Property(_partners_come_together, "Wherever a feature is on, its neighbour in the pair should be on too."),
        Property(_never_when_the_switch_is_high, "With every switch at 1, nothing should be on."),
    ),
    equivalent_mutants={
        "switch < pair_probability -> switch <= pair_probability": "The two differ only for a random number that "
        "equals the probability to the last digit.",
        "1 -> -1": "A table has two axes, so the last one is axis 1.",
    },
    hints=(
        "There are half as many switches as values. Which comparison turns a switch into on or off?",
        "Each switch is needed twice, side by side: on, on, off, off, ...",
        "`.repeat_interleave(2, dim=1)` repeats each column in place; multiplying by it keeps or deletes a value.",
    ),
    why="Correlation here is about *when*, not about *how much*: P(both on) is p where independent features would have "
    "p². The model cannot keep such partners on one line, for they would cancel or add up each time they come.",
)

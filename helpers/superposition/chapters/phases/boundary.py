"""Exercise: the feature probability at which two features begin to share one number."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def boundary(relative_importance):
    """Find the feature probability below which the pair is cheapest."""
    smaller = torch.minimum(relative_importance, 1 / relative_importance)
    return 2 * smaller / (1 + 2.5 * smaller)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_values = int(torch.randint(4, 12, (), generator=generator))
    r = torch.exp(4 * torch.rand(n_values, generator=generator) - 2)
    r[0], r[1] = r[0].clamp(max=0.9), r[1].clamp(min=1.2)  # one on each side of 1
    return {"relative_importance": r}


def _knows_no_first_and_second(case: Case) -> bool:
    return agrees(case.again(relative_importance=1 / case["relative_importance"]), case.result)


def _has_its_tip_at_equal_importance(case: Case) -> bool:
    r = case["relative_importance"]
    return agrees(case.again(relative_importance=torch.ones_like(r)), torch.full_like(r, 4 / 7))


def _ties_the_losses(case: Case) -> bool:
    r, p = case["relative_importance"], case.result
    variance = p / 3 - p**2 / 4
    return agrees((1 + r) * p**2 / 6, torch.minimum(r, torch.ones_like(r)) * variance)


def _of_the_lesser(border):
    """Make the answer of somebody who keeps the two branches apart and errs within both."""
    return lambda relative_importance: border(torch.minimum(relative_importance, 1 / relative_importance))


OTHER_VARIABLE = "You solved for the other variable: this is the importance as a function of the probability."
NO_BIAS = "You dropped the $p^2/4$ that the bias saves. A dropped feature costs its variance, $p/3 - p^2/4$."
SIGN = "The term $p^2/4$ changes its sign when it moves to the other side of the equation."
PAIR = "You let the pair cost $p^2/3$, which is right at $r = 1$ alone. Its two errors are weighted 1 and $r$."


exercise = Exercise(
    title="the border",
    prompt="""\
Write `boundary(relative_importance)`: for each $r$ the feature probability $p^*$ at which the pair, head to head,
costs as much as the cheaper way of keeping one feature. `relative_importance` has shape (n_values,) and holds numbers
on both sides of 1; so has the result.""",
    reference=boundary,
    sample=_sample,
    sizes={"relative_importance": ("n_values",)},
    returns=("n_values",),
    imports="import torch",
    wrong=(
        Wrong(
            lambda relative_importance: 2 * relative_importance / (1 + 2.5 * relative_importance),
            "You use one branch for all $r$. For $r > 1$ the rival of the pair keeps the second feature.",
        ),
        Wrong(
            lambda relative_importance: 2 / (2.5 + relative_importance),
            "You use the branch for $r > 1$ throughout. For $r < 1$ the rival of the pair keeps the first feature.",
        ),
        Wrong(lambda relative_importance: 2 * relative_importance / (4 - 5 * relative_importance), OTHER_VARIABLE),
        Wrong(_of_the_lesser(lambda s: 2 * s / (4 - 5 * s)), OTHER_VARIABLE),
        Wrong(lambda relative_importance: 2 * relative_importance / (1 + relative_importance), NO_BIAS),
        Wrong(_of_the_lesser(lambda s: 2 * s / (1 + s)), NO_BIAS),
        Wrong(lambda relative_importance: 4 * relative_importance / (2 - relative_importance), SIGN),
        Wrong(_of_the_lesser(lambda s: 4 * s / (2 - s)), SIGN),
        Wrong(lambda relative_importance: 4 * relative_importance / (4 + 3 * relative_importance), PAIR),
        Wrong(_of_the_lesser(lambda s: 4 * s / (4 + 3 * s)), PAIR),
        Wrong(
            _of_the_lesser(lambda s: 4 * s / (4 + 7 * s)),
            "You let the pair cost $(1+r)\\,p^2/3$, as if the smaller of two uniform numbers had the mean square of "
            "one. It has 1/6.",
        ),
        Wrong(
            _of_the_lesser(lambda s: 2 / (2.5 + s)),
            "You compare with the dearer way of keeping one feature. The pair has to beat the cheaper one, which keeps "
            "the feature that matters more.",
        ),
        Wrong(
            lambda relative_importance: torch.full_like(relative_importance, 4 / 7),
            "This is the border at equal importance. A feature that matters less has to be rarer to be let in.",
        ),
    ),
    properties=(
        Property(
            _knows_no_first_and_second,
            "Which feature is called the first should not matter: $r$ and $1/r$ have the same border.",
        ),
        Property(_has_its_tip_at_equal_importance, "At equal importance the border should stand at $p = 4/7$."),
        Property(_ties_the_losses, "At your border the pair and the best single feature should cost the same."),
    ),
    hints=(
        "Which of the two single candidates is the cheaper one when $r < 1$? And when $r > 1$?",
        "For $r \\le 1$ set $(1+r)\\,p^2/6 = r\\,(p/3 - p^2/4)$ and divide by $p$: one linear equation is left.",
        "$p^* = 2r/(1 + 2.5\\,r)$ for $r \\le 1$. For $r > 1$ put $1/r$ in its place; `torch.minimum(r, 1 / r)` does "
        "both.",
    ),
    why="The border rises with the importance of the lesser feature and has its tip, 4/7, where both matter equally. "
    "However little the lesser one matters, there is a probability below which it is let in.",
)

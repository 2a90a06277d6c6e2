"""Exercise: the losses of the three ways to keep two features in one number."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def candidate_losses(feature_probability, relative_importance):
    """Evaluate keep the first, keep the second, both head to head."""
    p, r = feature_probability, relative_importance
    variance = p / 3 - p**2 / 4
    pair = (1 + r) * p**2 / 6
    return torch.stack([r * variance, variance, pair], dim=1)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_places = int(torch.randint(4, 12, (), generator=generator))
    u, v = torch.rand(2, n_places, generator=generator)
    return {"feature_probability": 0.05 + 0.95 * u, "relative_importance": 0.2 + 3 * v}


def _turns_with_the_roles(case: Case) -> bool:
    r = case["relative_importance"]
    other = case.again(relative_importance=1 / r)
    return agrees(r[:, None] * other[:, [1, 0, 2]], case.result)


def _meets_at_four_sevenths(case: Case) -> bool:
    p = torch.full_like(case["feature_probability"], 4 / 7)
    losses = case.again(feature_probability=p, relative_importance=torch.ones_like(p))
    return agrees(losses[:, 0], losses[:, 2])


def _with(pair=None, dropped=None, order=(0, 1, 2)):
    """Make the answer of somebody who has another loss for the pair or for a dropped feature, or another order."""

    def mistaken(feature_probability, relative_importance):
        p, r = feature_probability, relative_importance
        cost = p / 3 - p**2 / 4 if dropped is None else dropped(p)
        both = (1 + r) * p**2 / 6 if pair is None else pair(p, r)
        return torch.stack([r * cost, cost, both], dim=1)[:, list(order)]

    return mistaken


exercise = Exercise(
    title="three losses",
    prompt="""\
Two features, one hidden number. The first has importance 1, the second $r$ = `relative_importance`; each is on with
$p$ = `feature_probability` and then uniform on $(0, 1)$. Write
`candidate_losses(feature_probability, relative_importance)`: the losses of "keep the first", "keep the second" and
"both, head to head", in this order. Both arguments have shape (n_places,), the result (n_places, 3). The loss is the
*sum* of the two weighted errors; a feature that is dropped is answered by its mean.""",
    reference=candidate_losses,
    sample=_sample,
    sizes={"feature_probability": ("n_places",), "relative_importance": ("n_places",)},
    returns=("n_places", 3),
    imports="import torch",
    wrong=(
        Wrong(
            _with(dropped=lambda p: p / 3),
            "You charge $p/3$ for a dropped feature. Its bias can say the mean, $p/2$, and that saves $p^2/4$.",
        ),
        Wrong(
            _with(pair=lambda p, r: p**2 / 3 + 0 * r),
            "Your pair costs $p^2/3$, which is right at $r = 1$ alone. The two errors are weighted 1 and $r$.",
        ),
        Wrong(
            _with(pair=lambda p, r: (1 + r) * p / 6),
            "Your pair pays each time one of the two is on. Interference needs both: $p^2$.",
        ),
        Wrong(
            _with(order=(1, 0, 2)),
            "Your first two have changed places. Keeping the first loses the second, which weighs $r$.",
        ),
        Wrong(
            _with(pair=lambda p, r: (1 + r) * p**2 / 3),
            "You took 1/3 for the mean square of the smaller of two uniform numbers. That is the mean square of one; "
            "the smaller has 1/6.",
        ),
        Wrong(
            lambda feature_probability, relative_importance: _with()(feature_probability, relative_importance) / 2,
            "These are means over the two features. The sum was asked for, as in the text.",
        ),
        Wrong(
            _with(dropped=lambda p: p / 12),
            "You took 1/12, the variance of a feature that is on. A dropped feature also goes on and off, and its bias "
            "cannot follow: its variance is $p/3 - p^2/4$.",
        ),
        Wrong(
            _with(pair=lambda p, r: (1 + r) * p**2 / 12),
            "You halve the error of the pair. When both are on the smaller one is lost from both outputs, whichever it "
            "is: each has the mean square 1/6.",
        ),
        Wrong(
            lambda feature_probability, relative_importance: _with()(feature_probability, relative_importance).T,
            "You have one row a candidate. Stack along the last axis: one row a place, one column a candidate.",
        ),
    ),
    properties=(
        Property(
            _turns_with_the_roles,
            "Exchange the two features and count in the other's importance, $r \\to 1/r$: the first two losses should "
            "change places and all be divided by $r$.",
        ),
        Property(_meets_at_four_sevenths, "At $r = 1$ and $p = 4/7$ keeping one and the pair should cost the same."),
    ),
    equivalent_mutants={"1 -> -1": "The table has two axes, so the last one is axis 1."},
    hints=(
        "A dropped feature costs its variance. What are the mean and the mean square of a feature?",
        "When is $\\mathrm{relu}(x_1 - x_2)$ not $x_1$? By how much is it then off, and what does the other read?",
        "Both errors are the smaller of the two, whose mean square is 1/6, and both must be on: $(1+r)\\,p^2/6$.",
    ),
    why="Dropping is paid whenever the feature is on, sharing only when both are. Everything in this chapter follows "
    "from a loss in p against a loss in p squared.",
)

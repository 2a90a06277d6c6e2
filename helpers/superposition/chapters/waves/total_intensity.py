"""Exercise: what a screen sees of several waves."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def total_intensity(fields):
    """Return the brightness of several waves together."""
    return fields.sum(0).abs() ** 2


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_waves, more = torch.randint(2, 7, (2,), generator=generator).tolist()
    parts = torch.randn(2, n_waves, n_waves + more, generator=generator, dtype=torch.float64)
    return {"fields": torch.complex(*parts)}


def _ignores_a_common_phase(case: Case) -> bool:
    turned = case["fields"] * torch.exp(torch.tensor(0.8j))
    return agrees(case.again(fields=turned), case.result)


def _opposites_cancel(case: Case) -> bool:
    fields = case["fields"]
    return agrees(case.again(fields=torch.cat([fields, -fields])), torch.zeros(fields.shape[1]))


exercise = Exercise(
    title="total intensity",
    prompt="""\
Several waves of one frequency arrive on a screen. Row $j$ of `fields` is wave $j$, one complex number a point. Write
`total_intensity(fields)`: the brightness at each point when all of them are on. `fields` has shape
(n_waves, n_points), the result (n_points,).""",
    reference=total_intensity,
    sample=_sample,
    sizes={"fields": ("n_waves", "n_points")},
    returns=("n_points",),
    wrong=(
        Wrong(
            lambda fields: (fields.abs() ** 2).sum(0),
            "You added brightnesses. The cross term is gone, and with it every fringe: add the waves first.",
        ),
        Wrong(
            lambda fields: fields.sum(0).abs(),
            "This is the amplitude of the sum. Brightness is its square.",
        ),
        Wrong(
            lambda fields: fields.abs().sum(0) ** 2,
            "You dropped the phases before adding: every arrow points the same way, and it is bright everywhere.",
        ),
        Wrong(
            lambda fields: fields.sum(0).real ** 2,
            "This is a snapshot: the square of the height at one moment. Brightness uses the whole length of the "
            "arrow, which does not change as the arrow turns.",
        ),
        Wrong(
            lambda fields: fields.mean(0).abs() ** 2,
            "You average the waves. Two lamps are brighter than one: add them.",
        ),
        Wrong(
            lambda fields: fields.sum(1).abs() ** 2,
            "You add up the points of each wave. Add over the waves, which are the rows.",
        ),
        Wrong(
            lambda fields: (fields.sum(0) ** 2).real,
            "You squared the complex number itself, which doubles its angle. Brightness is the square of the length.",
        ),
    ),
    properties=(
        Property(
            _ignores_a_common_phase, "Turning all arrows by one and the same angle should not change what is seen."
        ),
        Property(_opposites_cancel, "Add to every wave its opposite, and the screen should be dark."),
    ),
    hints=(
        "What adds, the waves or the brightnesses?",
        "Add the arrows first, over the waves. Then ask for the length of what you have.",
        "`fields.sum(0)` adds the rows; `.abs()` is the length; brightness is its square.",
    ),
    why="The square of a sum holds one term for each wave and one cross term for each pair. Adding squares keeps the "
    "first and loses the second, and interference is made of the second.",
)

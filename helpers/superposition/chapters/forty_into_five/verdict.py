"""Exercise: decide by measured numbers whether a sentence holds."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong

CLAIMS = ("relu_better_everywhere", "linear_offdiagonals_grow", "hidden_relu_harmless")
MODELS = ("linear", "relu", "hidden_relu")
NOISY = ("first seed is noise", "second seed is noise", "third seed is noise")
FAILING = ("fails in the second row", "fails in the last row", "fails but in the first row")
RELATIONS = ("clear", "opposite", "by a hair", *NOISY, "a seed of the smaller is noise", *FAILING)


def verdict(claim, table):
    """Judge a claim by the table: "supported" or "refuted"."""
    loss, offdiagonal = table["loss"], table["offdiagonal"]["linear"]

    def clearly_larger(these, those):
        return bool((these.amin(-1) > 1.01 * those.amax(-1)).all())

    holds = {
        "relu_better_everywhere": clearly_larger(loss["linear"], loss["relu"]),
        "linear_offdiagonals_grow": clearly_larger(offdiagonal[-1], offdiagonal[0]),
        "hidden_relu_harmless": not clearly_larger(loss["hidden_relu"][-1], loss["relu"][-1]),
    }
    return "supported" if holds[claim] else "refuted"


def _sample(generator: torch.Generator, trial: int) -> dict:
    """Draw a table in which the compared numbers stand in one of ten relations, each in its turn."""
    n_sparsities, n_seeds = torch.randint(3, 6, (2,), generator=generator).tolist()
    claim = CLAIMS[trial % len(CLAIMS)]
    level = 0.03 + 0.02 * torch.rand(n_sparsities, 1, generator=generator)
    larger, smaller = _pair(RELATIONS[trial // len(CLAIMS) % len(RELATIONS)], level, n_seeds, generator)
    offdiagonal, linear, relu, hidden_relu = level * (0.5 + torch.rand(4, n_sparsities, n_seeds, generator=generator))
    if claim == "linear_offdiagonals_grow":
        offdiagonal[0], offdiagonal[-1] = smaller[0], larger[0]
    elif claim == "relu_better_everywhere":
        linear, relu = larger, smaller
    else:
        hidden_relu[-1], relu[-1] = larger[0], smaller[0]
    count = torch.randint(1, 40, (len(MODELS), n_sparsities, n_seeds), generator=generator)
    loss = dict(zip(MODELS, (linear, relu, hidden_relu), strict=True))
    table = {"loss": loss, "offdiagonal": {"linear": offdiagonal}, "count": dict(zip(MODELS, count, strict=True))}
    return {"claim": claim, "table": table}


def _pair(relation: str, level: torch.Tensor, n_seeds: int, generator: torch.Generator) -> tuple:
    """Draw two sets of numbers, one row a sparsity, of which the first is larger but for what `relation` says."""
    u, v = torch.rand(2, len(level), n_seeds, generator=generator)
    ratios, smaller = 1.2 + 0.3 * u, level * (1 + 1e-4 * v)
    if relation == "opposite":
        ratios = 1 / ratios
    elif relation == "by a hair":
        ratios = 1 + 0.02 * (ratios - 1)
    elif relation in NOISY:
        ratios[:, NOISY.index(relation)] = 0.98
    elif relation == "a seed of the smaller is noise":
        smaller[:, 1] *= 1.6
    elif relation == "fails in the second row":
        ratios[1] = 0.97
    elif relation == "fails in the last row":
        ratios[-1] = 0.97
    elif relation == "fails but in the first row":
        ratios[1:] = 0.3
    return level * ratios, smaller


def _mistaken(larger, *, rows=slice(None), of="loss"):
    """Make the verdict of somebody who compares with `larger`, or looks at some rows only, or at another table."""

    def mistaken(claim, table):
        compared, offdiagonal = table[of], table["offdiagonal"]["linear"]
        holds = {
            "relu_better_everywhere": larger(compared["linear"][rows], compared["relu"][rows]),
            "linear_offdiagonals_grow": larger(offdiagonal[-1:], offdiagonal[:1]),
            "hidden_relu_harmless": not larger(compared["hidden_relu"][-1:], compared["relu"][-1:]),
        }
        return "supported" if holds[claim] else "refuted"

    return mistaken


def _clearly(these, those):
    return bool((these.amin(-1) > 1.01 * those.amax(-1)).all())


def _harm_for_harmlessness(claim, table):
    answer = verdict(claim, table)
    if claim != "hidden_relu_harmless":
        return answer
    return "refuted" if answer == "supported" else "supported"


def _ignores_the_order_of_seeds(case: Case) -> bool:
    n_seeds = case["table"]["loss"]["relu"].shape[-1]
    order = torch.randperm(n_seeds, generator=case.generator)
    shuffled = {what: {name: rows[:, order] for name, rows in of.items()} for what, of in case["table"].items()}
    return case.again(table=shuffled) == case.result


def _ignores_the_unit(case: Case) -> bool:
    table = case["table"]
    scaled = {what: {name: 10 * rows for name, rows in table[what].items()} for what in ("loss", "offdiagonal")}
    return case.again(table=table | scaled) == case.result


exercise = Exercise(
    title="the verdict",
    prompt="""\
Now audit. `table["loss"][model]` holds measured losses, one row a sparsity (from dense to sparse), one column a seed;
the models are `"linear"`, `"relu"` and `"hidden_relu"`. `table["count"][model]` and `table["offdiagonal"]["linear"]`
have the same form. Write `verdict(claim, table)`, which returns `"supported"` or `"refuted"`:

- `"relu_better_everywhere"`: at every sparsity, the linear model's loss is larger than the ReLU model's;
- `"linear_offdiagonals_grow"`: the linear model's off-diagonals are larger in the last row than in the first;
- `"hidden_relu_harmless"`: in the last row, the loss with a hidden ReLU is *not* larger than the ReLU model's.

*Larger* has to be agreed on before we look. Ours: the smallest value over the seeds is more than 1 % above the largest
value over the seeds of the other.""",
    reference=verdict,
    sample=_sample,
    sizes={},
    returns=str,
    n_trials=len(CLAIMS) * len(RELATIONS),
    wrong=(
        Wrong(
            _mistaken(lambda these, those: bool((these[..., 0] > 1.01 * those[..., 0]).all())),
            "You look at the first seed only. The spread over the seeds is what tells a difference from luck.",
        ),
        Wrong(
            _mistaken(_clearly, rows=slice(-1, None)),
            "The claim says every sparsity, and you look at the last one.",
        ),
        Wrong(
            _mistaken(lambda these, those: bool((these.amin(-1) > 1.01 * those.amax(-1)).any())),
            "One sparsity at which it holds is enough for you. The claim says every one: `all`, not `any`.",
        ),
        Wrong(
            _mistaken(lambda these, those: bool((these.mean(-1) > those.mean(-1)).all())),
            "You compare means and look at the sign of the difference alone, so noise decides. Ask for the 1 %, and "
            "for seeds that do not overlap.",
        ),
        Wrong(
            _mistaken(lambda these, those: bool((these.amin(-1) > those.amax(-1)).all())),
            "The seeds do not overlap, but a hair's breadth is enough for you. The smaller one times 1.01 must still "
            "be smaller.",
        ),
        Wrong(
            _mistaken(lambda these, those: bool((these.mean(-1) > 1.01 * those.mean(-1)).all())),
            "You compare means over the seeds. A mean can be 1 % higher while single seeds say the opposite: compare "
            "the smallest with the largest.",
        ),
        Wrong(
            _mistaken(lambda these, those: bool((these.amin(-1) - those.amax(-1) > 0.01).all())),
            "You ask for a difference of .01. The losses themselves are about that size; 1 % is a ratio of 1.01.",
        ),
        Wrong(
            _mistaken(_clearly, of="count"),
            "You compare how many features are kept. More features is not less loss: the claims speak of the loss.",
        ),
        Wrong(
            _mistaken(lambda these, those: bool(these.mean(0).amin() > 1.01 * those.mean(0).amax())),
            "You average over the sparsities first, and a gain at one of them hides a loss at another.",
        ),
        Wrong(
            _harm_for_harmlessness,
            "Harmless means that the loss is not larger. You support that claim exactly when it is.",
        ),
    ),
    properties=(
        Property(_ignores_the_order_of_seeds, "In whatever order the seeds stand, the verdict should be the same."),
        Property(_ignores_the_unit, "Losses ten times as large should get the same verdict: compare ratios."),
    ),
    equivalent_mutants={
        "these.amin(-1) > 1.01 * those.amax(-1) -> these.amin(-1) >= 1.01 * those.amax(-1)": "The two differ only for "
        "a ratio of 1.01 to the last digit, which measured numbers never have.",
    },
    hints=(
        "For each claim name the two sets of numbers that the sentence compares. It is the same comparison each time.",
        "Write a small function `clearly_larger(these, those)` with the smallest and the largest over the last axis.",
        "`these.amin(-1) > 1.01 * those.amax(-1)`, and `.all()` over the sparsities; the third claim is its `not`.",
    ),
    why="A sentence about models is a sentence about numbers: which two, at which settings, by how much, against which "
    "spread. Fixing the margin before looking keeps the reader of the table, and its writer, from choosing it to fit.",
)

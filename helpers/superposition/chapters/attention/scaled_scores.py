"""Exercise: why there is a square root in the scores."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def scaled_scores(queries, keys):
    """Compare every query with every key, at variance 1."""
    return queries @ keys.T / queries.shape[1] ** 0.5


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_queries, n_keys = torch.randint(2, 9, (2,), generator=generator).tolist()
    d_head = int(torch.randint(3, 40, (), generator=generator))
    n_keys += n_queries == n_keys
    return {
        "queries": torch.randn(n_queries, d_head, generator=generator),
        "keys": torch.randn(n_keys, d_head, generator=generator),
    }


def _has_variance_one(case: Case) -> bool:
    variances = []
    for d_head in (4, 64, 256):
        queries = torch.randn(200, d_head, generator=case.generator)
        keys = torch.randn(201, d_head, generator=case.generator)
        variances.append(case.again(queries=queries, keys=keys).var())
    return all(0.7 < float(variance) < 1.4 for variance in variances)


def _is_linear_in_each(case: Case) -> bool:
    return agrees(case.again(queries=2 * case["queries"], keys=3 * case["keys"]), 6 * case.result)


exercise = Exercise(
    title="scores of variance one",
    prompt="""\
Write `scaled_scores(queries, keys)`: one number for each query (rows) and each key (columns). When all entries of
`queries` and `keys` are independent with mean 0 and variance 1, the numbers should have variance 1 too, however long
the vectors are. `queries` has shape (n_queries, d_head), `keys` (n_keys, d_head).""",
    reference=scaled_scores,
    sample=_sample,
    sizes={"queries": ("n_queries", "d_head"), "keys": ("n_keys", "d_head")},
    returns=("n_queries", "n_keys"),
    wrong=(
        Wrong(
            lambda q, k: q @ k.T,
            "This has variance d_head: a sum of d_head products, each of variance 1.",
        ),
        Wrong(
            lambda q, k: q @ k.T / q.shape[1],
            "You divide by d_head. That is the scale of the *variance*; a number scales by its square root.",
        ),
        Wrong(
            lambda q, k: q @ k.T * q.shape[1] ** 0.5,
            "You multiply by the root, so the scores grow twice as fast as before.",
        ),
        Wrong(
            lambda q, k: q @ k.T / (2 * q.shape[1]) ** 0.5,
            "You divide by the root of 2 d_head. A product of two independent numbers of variance 1 has variance 1, "
            "not 2.",
        ),
        Wrong(
            lambda q, k: q @ k.T / len(k) ** 0.5,
            "You divide by the root of the number of keys. A score is a sum over the d_head coordinates.",
        ),
        Wrong(
            lambda q, k: (q / q.norm(dim=1, keepdim=True)) @ (k / k.norm(dim=1, keepdim=True)).T,
            "These are cosines: they lie between -1 and 1 and shrink like the root of 1/d_head. Lengths should count.",
        ),
        Wrong(
            lambda q, k: (q @ k.T / q.shape[1] ** 0.5).softmax(-1),
            "This is the pattern already. The scores come before the softmax.",
        ),
        Wrong(
            lambda q, k: k @ q.T / q.shape[1] ** 0.5,
            "One row a query: queries stand on the left, keys are transposed.",
        ),
    ),
    properties=(
        Property(_has_variance_one, "For random queries and keys the variance should be 1 at every d_head."),
        Property(_is_linear_in_each, "Twice the queries and three times the keys should give six times the scores."),
    ),
    equivalent_mutants={"1 -> -1": "The last axis of a matrix is its axis 1."},
    hints=(
        "Variances of independent terms add up. How many terms has a dot product?",
        "Each product of two independent numbers with mean 0 and variance 1 has variance 1, so the sum has d_head.",
        "To bring a variance from d_head down to 1, divide by the square root of d_head.",
    ),
    why="The law is the one behind the noise of a crowd: d independent terms add up to the root of d. Without the "
    "division a wider head would be a sharper head at the start of training, and a softmax that is almost all on one "
    "key passes almost no gradient.",
)

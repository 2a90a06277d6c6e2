"""Exercise: the matrix that says what a head moves."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def merged_values(W_V, W_O):
    """Merge the value and output matrices of every head."""
    return W_V @ W_O


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_heads, d_head, more = torch.randint(2, 5, (3,), generator=generator).tolist()
    d_model = d_head + more
    return {
        "W_V": torch.randn(n_heads, d_model, d_head, generator=generator),
        "W_O": torch.randn(n_heads, d_head, d_model, generator=generator),
    }


def _has_low_rank(case: Case) -> bool:
    ranks = torch.linalg.matrix_rank(case.result, rtol=1e-4)
    return bool((ranks <= case["W_V"].shape[-1]).all())


def _does_both_steps(case: Case) -> bool:
    x = torch.randn(5, case["W_V"].shape[1], generator=case.generator)
    return agrees(x @ case.result, x @ case["W_V"] @ case["W_O"])


def _doubles_with_either(case: Case) -> bool:
    return agrees(case.again(W_V=2 * case["W_V"]), 2 * case.result)


exercise = Exercise(
    title="what a head moves",
    prompt="""\
A head reads values, `x @ W_V`, and writes them back into the token space with `W_O`. Tokens are rows. Write
`merged_values(W_V, W_O)`: for each head the one matrix $W_{OV}$ with which the head's output is $A\\, x\\, W_{OV}$.
`W_V` has shape (n_heads, d_model, d_head), `W_O` (n_heads, d_head, d_model); the result has a d_model by d_model matrix
for each head, as a tensor of shape (n_heads, d_model, d_model).""",
    reference=merged_values,
    sample=_sample,
    sizes={"W_V": ("n_heads", "d_model", "d_head"), "W_O": ("n_heads", "d_head", "d_model")},
    returns=("n_heads", "d_model", "d_model"),
    wrong=(
        Wrong(
            lambda W_V, W_O: W_O @ W_V,
            "You merged in the other order. A row vector meets W_V first, so W_V stands on the left.",
        ),
        Wrong(
            lambda W_V, W_O: (W_V @ W_O).mT,
            "Your matrix acts on columns. Here a token is a row and stands to the left of the matrix.",
        ),
        Wrong(
            lambda W_V, W_O: W_V[0] @ W_O[0],
            "This is the first head alone. Keep the axis of the heads.",
        ),
        Wrong(
            lambda W_V, W_O: (W_V @ W_O).sum(0),
            "You added the heads up. Each has a pattern of its own, so each needs a matrix of its own.",
        ),
        Wrong(
            lambda W_V, W_O: W_V @ W_V.mT,
            "W_O is not used: you went back with the transpose of W_V.",
        ),
    ),
    properties=(
        Property(_doubles_with_either, "Doubling `W_V` should double the merged matrix."),
        Property(_does_both_steps, "Multiplying tokens by the merged matrix should do the two steps in one."),
        Property(_has_low_rank, "What passes through d_head numbers has rank at most d_head."),
    ),
    hints=(
        "Write the two steps for one token as a row: first x times W_V, then what comes out times W_O.",
        "Matrix products can be bracketed as you like: (x W_V) W_O = x (W_V W_O).",
        "`@` multiplies the last two axes and keeps the heads apart by itself.",
    ),
    why="At a fixed pattern a head is A x W_OV: one matrix that mixes tokens, one that mixes coordinates, and no other "
    "machinery. W_V and W_O never appear alone, so only their product can mean anything.",
)

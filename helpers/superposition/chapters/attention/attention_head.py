"""Exercise: one causal head, from tokens to what each of them reads."""

import math

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def attention_head(x, W_Q, W_K, W_V):
    """Let each token read from itself and from those before it."""
    q, k, v = x @ W_Q, x @ W_K, x @ W_V
    scores = q @ k.T / q.shape[-1] ** 0.5
    future = torch.ones_like(scores).triu(1) > 0
    return scores.masked_fill(future, -torch.inf).softmax(-1) @ v


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_tokens, d_head, more = torch.randint(3, 8, (3,), generator=generator).tolist()
    d_model = d_head + more
    W_Q, W_K, W_V = torch.randn(3, d_model, d_head, generator=generator) / d_model**0.25
    return {"x": torch.randn(n_tokens, d_model, generator=generator), "W_Q": W_Q, "W_K": W_K, "W_V": W_V}


def _ignores_the_future(case: Case) -> bool:
    x = case["x"].clone()
    x[-1] = torch.randn(x.shape[1], generator=case.generator)
    return agrees(case.again(x=x)[:-1], case.result[:-1])


def _stays_within_the_values(case: Case) -> bool:
    values = case["x"] @ case["W_V"]
    low, high = values.cummin(0).values, values.cummax(0).values
    return bool(((case.result > low - 1e-4) & (case.result < high + 1e-4)).all())


def _doubles_with_the_values(case: Case) -> bool:
    return agrees(case.again(W_V=2 * case["W_V"]), 2 * case.result)


def _parts(x, W_Q, W_K, W_V):
    q, k, v = x @ W_Q, x @ W_K, x @ W_V
    return q @ k.T / q.shape[-1] ** 0.5, v


def _seen(scores: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(scores, dtype=torch.bool).tril()


def _causal(scores: torch.Tensor, fill: float = -math.inf) -> torch.Tensor:
    return scores.masked_fill(~_seen(scores), fill)


def _hides_itself(x, W_Q, W_K, W_V):
    scores, v = _parts(x, W_Q, W_K, W_V)
    kept = _seen(scores).tril(-1)
    kept[0, 0] = True
    return scores.masked_fill(~kept, -math.inf).softmax(-1) @ v


def _with_scale(scale):
    def mistaken(x, W_Q, W_K, W_V):
        scores, v = _parts(x, W_Q, W_K, W_V)
        return _causal(scores * scale(x.shape[1], W_Q.shape[1])).softmax(-1) @ v

    return mistaken


def _from(pattern):
    def mistaken(x, W_Q, W_K, W_V):
        scores, v = _parts(x, W_Q, W_K, W_V)
        return pattern(scores) @ v

    return mistaken


exercise = Exercise(
    title="a causal head",
    prompt="""\
Write the whole head, `attention_head(x, W_Q, W_K, W_V)`. `x` holds one token a row and has shape (n_tokens, d_model);
the three matrices have shape (d_model, d_head). Queries are `x @ W_Q`, and so on. A token may read from itself and from
the tokens before it, never from a later one. The result has one row a token and d_head columns.""",
    reference=attention_head,
    sample=_sample,
    sizes={
        "x": ("n_tokens", "d_model"),
        "W_Q": ("d_model", "d_head"),
        "W_K": ("d_model", "d_head"),
        "W_V": ("d_model", "d_head"),
    },
    returns=("n_tokens", "d_head"),
    wrong=(
        Wrong(
            _from(lambda scores: scores.softmax(-1)),
            "There is no mask: every token also reads from later ones.",
        ),
        Wrong(
            _from(lambda scores: scores.masked_fill(_seen(scores).tril(-1), -math.inf).softmax(-1)),
            "The mask is upside down: you hid the past and kept the future.",
        ),
        Wrong(
            _from(lambda scores: _causal(scores, 0.0).softmax(-1)),
            "A score of 0 is not silence: the softmax turns it into e^0 = 1 before it divides. Masked scores are -inf.",
        ),
        Wrong(
            _from(lambda scores: scores.softmax(-1) * _seen(scores)),
            "You mask after the softmax, so the weights that are left no longer sum to 1. Mask the scores.",
        ),
        Wrong(
            _hides_itself,
            "A token may attend to itself: the diagonal belongs to what is seen.",
        ),
        Wrong(
            _from(lambda scores: _causal(scores).softmax(-2).nan_to_num()),
            "Your softmax runs over the queries. Each *query* shares out a weight of 1 among the keys: the last axis.",
        ),
        Wrong(
            _with_scale(lambda d_model, d_head: d_head**0.5),
            "The scores are not scaled: divide q @ k.T by the square root of d_head.",
        ),
        Wrong(
            _with_scale(lambda d_model, d_head: (d_head / d_model) ** 0.5),
            "You divide by the root of d_model. A score is a sum of d_head products, so its scale is set by d_head.",
        ),
        Wrong(
            _with_scale(lambda d_model, d_head: d_head**-0.5),
            "You divide by d_head itself. The variance grows like d_head, the score like its square root.",
        ),
        Wrong(
            lambda x, W_Q, W_K, W_V: attention_head(x, W_K, W_Q, W_V),
            "Queries and keys are swapped. Row t of the scores belongs to the query of token t.",
        ),
        Wrong(
            lambda x, W_Q, W_K, W_V: _causal(_parts(x, W_Q, W_K, W_V)[0]).softmax(-1) @ (x @ W_K),
            "The pattern averages keys. What is handed over are the values, `x @ W_V`.",
        ),
    ),
    properties=(
        Property(_doubles_with_the_values, "Doubling `W_V` should double every output: the pattern does not see it."),
        Property(
            _ignores_the_future, "Changing the last token should leave the outputs of all earlier ones as they were."
        ),
        Property(
            _stays_within_the_values,
            "Each output is a weighted average, so no coordinate may leave the range of the values seen so far.",
        ),
    ),
    equivalent_mutants={
        "-1 -> 1": "The last axis of a matrix is its axis 1.",
        "1 -> -1": "Within -1, and the last axis of a matrix is its axis 1.",
    },
    hints=(
        "Three steps: scores, weights, output. Write down the shape of each.",
        "The scores are `q @ k.T / d_head ** 0.5`, of shape (n_tokens, n_tokens), with one row a query.",
        "Put -inf above the diagonal (`triu(1)`), softmax over the last axis, then multiply by v.",
    ),
    why="Nothing in these four lines knows the meaning of a token. What looks where is decided by two learned "
    "matrices, what is handed over by a third, and the mask makes sure that a model which is trained to predict the "
    "next token cannot read it off.",
)

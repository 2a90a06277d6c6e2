"""Exercise: a step along the sequence is a rotation."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def shift_positions(P, offset):
    """Turn the code of each position into that of t + offset."""
    d_model = len(P.T)
    pair = torch.arange(d_model // 2)
    angle = offset * 10_000 ** (-2 * pair / d_model)
    sin, cos = P[:, 0::2], P[:, 1::2]
    shifted = torch.empty_like(P)
    shifted[:, 0::2] = sin * angle.cos() + cos * angle.sin()
    shifted[:, 1::2] = cos * angle.cos() - sin * angle.sin()
    return shifted


def _code(positions: torch.Tensor, d_model: int) -> torch.Tensor:
    angle = positions[:, None] * 10_000 ** (-2 * torch.arange(d_model // 2) / d_model)
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_tokens, n_pairs, offset = torch.randint(3, 9, (3,), generator=generator).tolist()
    positions = torch.rand(n_tokens, generator=generator) * 40
    return {"P": _code(positions, 2 * n_pairs), "offset": offset}


def _keeps_lengths(case: Case) -> bool:
    return agrees(case.result.norm(dim=1), case["P"].norm(dim=1))


def _steps_add_up(case: Case) -> bool:
    return agrees(case.again(P=case.result, offset=3), case.again(offset=case["offset"] + 3))


def _turned(angle_of, flip=1):
    def mistaken(P, offset):
        d_model = P.shape[1]
        angle = offset * angle_of(torch.arange(d_model // 2), d_model)
        sin, cos = P[:, 0::2], P[:, 1::2]
        first = sin * angle.cos() + flip * cos * angle.sin()
        return torch.stack([first, cos * angle.cos() - flip * sin * angle.sin()], -1).flatten(1)

    return mistaken


def _halves(P, offset):
    half = P.shape[1] // 2
    angle = offset * 10_000 ** (-2 * torch.arange(half) / P.shape[1])
    sin, cos = P[:, :half], P[:, half:]
    return torch.cat([sin * angle.cos() + cos * angle.sin(), cos * angle.cos() - sin * angle.sin()], 1)


exercise = Exercise(
    title="a shift is a rotation",
    prompt="""\
Each row of `P` is the sinusoidal code of some position $t$: pair $i$ holds $\\sin(\\omega_i t)$ and then
$\\cos(\\omega_i t)$, in columns $2i$ and $2i + 1$, with $\\omega_i = 10000^{-2i/d}$ and $d$ the number of columns. You
are not told the positions. Write `shift_positions(P, offset)`, which returns the codes of $t$ + `offset`,
row by row.""",
    reference=shift_positions,
    sample=_sample,
    sizes={"P": ("n_tokens", "d_model")},
    returns=("n_tokens", "d_model"),
    wrong=(
        Wrong(
            _turned(lambda i, d: 10_000 ** (-2 * i / d), flip=-1),
            "You turn backwards: this is the code of t - offset. (Reading the cosine first has the same effect.)",
        ),
        Wrong(
            _turned(lambda i, d: torch.ones(len(i))),
            "All pairs turn at one speed. Each pair has a frequency of its own.",
        ),
        Wrong(
            _turned(lambda i, d: 10_000 ** (-i / d)),
            "Your exponent is -i/d. The columns come in twos, and it is -2i/d.",
        ),
        Wrong(
            _turned(lambda i, d: 10_000 ** (2 * i / d)),
            "Your frequencies grow with i. They fall: later pairs turn more slowly.",
        ),
        Wrong(
            _halves,
            "You take the first half of the columns for sines. Sine and cosine of a pair are neighbours: `0::2` and "
            "`1::2`.",
        ),
        Wrong(
            lambda P, offset: P.roll(-offset, 0),
            "You move rows up. The positions of the rows are unknown and need not be consecutive: turn each row.",
        ),
    ),
    properties=(
        Property(_keeps_lengths, "A rotation should keep the length of every row."),
        Property(_steps_add_up, "A shift and then one by 3 should be the shift by the sum."),
    ),
    hints=(
        "Each pair is a point on a circle, at an angle that grows with t. What does a shift do to the angle?",
        "sin(a + b) = sin a cos b + cos a sin b, and cos(a + b) = cos a cos b - sin a sin b.",
        "With b = offset times the pair's frequency, the new sine is sin * b.cos() + cos * b.sin().",
    ),
    why="The positions never entered: a step of five is the same rotation wherever it starts. That is what lets a head "
    "learn to look five tokens back with one matrix.",
)

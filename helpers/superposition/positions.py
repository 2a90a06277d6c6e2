"""Positions: two ways to tell attention where a token stands. Without one, it sees a set and not a sequence.

Dimensions 2i and 2i + 1 belong together and turn at the frequency 10000^(-2i/d). The sinusoidal code is *added* to a
token; the rotary code *turns* queries and keys.
"""

import torch
from jaxtyping import Float
from torch import Tensor

LONGEST = 10_000.0  # in units of 2 pi: the wavelength that the slowest pair approaches


def frequencies(d_model: int) -> Float[Tensor, " pairs"]:
    """List the angular frequencies of the d/2 pairs: 10000^(-2i/d). An odd or small d_model raises ValueError."""
    if d_model < 2 or d_model % 2:
        raise ValueError(f"positions need an even number of dimensions, got {d_model}")
    return LONGEST ** -(torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)


def sinusoidal_positions(n_tokens: int, d_model: int) -> Float[Tensor, "n_tokens d_model"]:
    """Give each position a point on d/2 circles: P(t) = (sin w_0 t, cos w_0 t, sin w_1 t, cos w_1 t, ...).

    |P(t)|^2 = d/2 for every t. Source: Vaswani et al. 2017, section 3.5.
    """
    angle = torch.arange(n_tokens, dtype=torch.float64)[:, None] * frequencies(d_model)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2)


def shift_matrix(d_model: int, offset: float) -> Float[Tensor, "d_model d_model"]:
    """Build the rotation R with P(t + offset) = P(t) R^T for every t: one 2 by 2 turn a pair.

    R(a) R(b) = R(a + b), and R is orthogonal.
    """
    angle = offset * frequencies(d_model)
    turns = torch.stack([angle.cos(), angle.sin(), -angle.sin(), angle.cos()], dim=-1).reshape(-1, 2, 2)
    return torch.block_diag(*turns)


def rotate_by_position(
    x: Float[Tensor, "*batch n_tokens d_head"], positions: Float[Tensor, " n_tokens"]
) -> Float[Tensor, "*batch n_tokens d_head"]:
    """Turn each pair of a query or key by its position times the pair's frequency: the rotary code.

    Afterwards q_s . k_t depends on s and t through s - t alone. Source: Su et al. 2021.
    """
    angle = positions[:, None].double() * frequencies(x.shape[-1])
    even, odd = x[..., ::2], x[..., 1::2]
    turned = torch.stack([even * angle.cos() - odd * angle.sin(), even * angle.sin() + odd * angle.cos()], dim=-1)
    return turned.flatten(-2).to(x.dtype)

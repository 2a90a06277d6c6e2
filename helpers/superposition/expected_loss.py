"""The loss of a toy model without drawing samples: sums over patterns of activity, and the limit of rare features.

With n features there are 2^n patterns of which are on. Each has a known probability, p^k (1-p)^(n-k) for k features on,
and inside a pattern the loss is smooth enough for a few well-spread points. One set of points then serves every p:
only the weights change.
"""

import math
from itertools import product

import torch
from jaxtyping import Float, Int
from torch import Tensor

from superposition.features import moments
from superposition.gradients import reconstruct

Design = tuple[Float[Tensor, "points n_features"], Int[Tensor, " points"]]
MOST_FEATURES = 10


def activity_design(n_features: int, points: int = 8, *, seed: int = 0) -> Design:
    """List inputs for every on/off pattern: x, and how many features are on in each.

    A pattern with k features on gets points * 2^k scrambled Sobol points, the empty pattern a single one, so there are
    1 + points (3^n - 1) in all. Anchors: 5 features with 8 points make 1,937 inputs; 2 with 1 make 9. A design with
    another seed has other points. More than 10 features, or a count below 1, raises ValueError.
    """
    if min(n_features, points) < 1:
        raise ValueError(f"n_features and points must be at least 1, got {n_features} and {points}")
    if n_features > MOST_FEATURES:
        needed = 1 + points * (3**n_features - 1)
        raise ValueError(f"a design needs {needed:,} inputs for {n_features} features; the most is {MOST_FEATURES}")
    inputs, counts = [], []
    for pattern in product([0.0, 1.0], repeat=n_features):
        k = int(sum(pattern))
        size = points * 2**k if k else 1
        spread = torch.quasirandom.SobolEngine(n_features, scramble=True, seed=seed).draw(size)
        inputs.append(spread * torch.tensor(pattern))
        counts.append(torch.full((size,), k))
    return torch.cat(inputs), torch.cat(counts)


def design_weights(
    active_count: Int[Tensor, " points"], feature_probability: float | Tensor, n_features: int
) -> Float[Tensor, "*shape points"]:
    """Weigh the inputs of a design: the chance of an input's pattern, shared among the inputs of that pattern.

    weight = p^k (1-p)^(n-k) / (number of inputs with this pattern), in float64; several p give one row each, and each
    row adds up to 1. Anchors: at p = 1 only the full pattern weighs anything; the empty pattern weighs (1-p)^n.
    A design that lacks the inputs for some k, or p outside (0, 1], raises ValueError.
    """
    moments(feature_probability)  # refuses what is no probability
    inputs = torch.bincount(active_count, minlength=n_features + 1).double()
    if len(inputs) != n_features + 1 or not bool((inputs > 0).all()):
        raise ValueError(f"active_count must hold each number from 0 to {n_features}, got {active_count.unique()}")
    patterns = torch.tensor([math.comb(n_features, k) for k in range(n_features + 1)], device=inputs.device)
    share = (patterns / inputs)[active_count]
    p = torch.as_tensor(feature_probability, dtype=torch.float64, device=inputs.device)[..., None]
    return p**active_count * (1 - p) ** (n_features - active_count) * share


def weighted_loss(
    W: Float[Tensor, "*instances d_hidden n_features"],
    b: Float[Tensor, "*instances n_features"],
    x: Float[Tensor, "*batch n_samples n_features"],
    weight: Float[Tensor, "*weights n_samples"],
    importance: Float[Tensor, " n_features"],
    **gates: str,
) -> Float[Tensor, "*instances"]:
    """Sum the weighted losses of given inputs: sum_s weight_s mean_i I_i (x_si - x_hat_si)^2.

    `gates` go to `gradients.reconstruct`; without them the model is the one with a ReLU at its output.
    """
    error = (reconstruct(W, b, x, **gates) - x).square()
    return ((error @ importance.to(error)) * weight.to(error)).sum(-1) / W.shape[-1]


def expected_loss(
    W: Float[Tensor, "*instances d_hidden n_features"],
    b: Float[Tensor, "*instances n_features"],
    feature_probability: float | Tensor,
    importance: Float[Tensor, " n_features"],
    design: Design | None = None,
) -> Float[Tensor, "*instances"]:
    """Evaluate the mean loss of ReLU-output models over all inputs, on a design (by default `activity_design(n)`).

    `feature_probability` is a number or one an instance. Deterministic, and differentiable in W and b; its error comes
    from the points inside a pattern alone, so it is as good at p = .001 as at p = .5. Anchor: with W and b zero the
    loss is mean(I) p/3, to one per cent.
    """
    x, active_count = design or activity_design(W.shape[-1])
    weight = design_weights(active_count.to(W.device), feature_probability, W.shape[-1])
    return weighted_loss(W, b, x.to(W), weight, importance)


def leak(overlap: Float[Tensor, "*shape"], bias: float | Tensor) -> Float[Tensor, "*shape"]:
    """Integrate the squared ghost that one feature throws on another: int_0^1 relu(overlap x + bias)^2 dx.

    Equals (overlap + bias)^3 / (3 overlap) where overlap > -bias, and 0 everywhere else: no force beyond that angle.
    Anchors: overlap 1, bias 0 gives 1/3; a negative overlap gives 0. A positive bias raises ValueError: a feature
    that is read back when nothing is on costs more than first order.
    """
    shift = torch.as_tensor(bias).to(overlap)
    if bool((shift > 0).any()):
        raise ValueError(f"bias must not be positive, got {float(shift.max()):g}")
    return torch.where(
        overlap > 0, (overlap + shift).relu() ** 3 / (3 * overlap.abs().clamp_min(torch.finfo(overlap.dtype).tiny)), 0
    )


def own_error(squared_norm: Float[Tensor, "*shape"], bias: float | Tensor) -> Float[Tensor, "*shape"]:
    """Integrate what is lost of a feature that is alone: int_0^1 (x - relu(squared_norm x + bias))^2 dx.

    Anchors: a dead feature costs 1/3, a direction of length 1 with bias 0 costs nothing. For a bias of at most 0.
    """
    a, b = squared_norm, torch.as_tensor(bias).to(squared_norm)
    start = torch.where(a > -b, -b / a.clamp_min(torch.finfo(a.dtype).tiny), 1)  # below it the output is 0
    slope = 1 - a
    return start**3 / 3 + slope**2 * (1 - start**3) / 3 - b * slope * (1 - start**2) + b**2 * (1 - start)


def first_order_loss(
    W: Float[Tensor, "*instances d_hidden n_features"],
    b: Float[Tensor, "*instances n_features"],
    importance: Float[Tensor, " n_features"],
) -> Float[Tensor, "*instances"]:
    """Evaluate the limit of loss / p for rare features, when never two are on at once.

    (1/n) sum_j I_j [own_error(|w_j|^2, b_j) + sum_{i != j} leak(w_i . w_j, b_j)]: the mean over outputs j, the sum over
    which feature i is on. With b = 0 an overlap g > 0 costs I_j g^2 / 3 and a negative one nothing. Anchors: a digon,
    triangle or square of unit length costs 0; a feature that is not stored costs I_j / 3 before the division by n.
    b > 0 raises ValueError. Source: derived in the chapters phases and shapes.
    """
    overlap, bias = W.mT @ W, b.unsqueeze(-2)
    own = own_error(W.square().sum(-2), b)
    others = leak(overlap, bias).sum(-2) - leak(W.square().sum(-2), b)
    return (importance.to(own) * (own + others)).mean(-1)

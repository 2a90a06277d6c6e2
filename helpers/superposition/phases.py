"""Two features, one hidden number: the smallest model in which sharing is a choice, with its phases in closed form.

    x_hat_i = relu(w_i h + b_i),   h = w_1 x_1 + w_2 x_2

The first feature has importance 1, the second r = `relative_importance`; both are on with probability p and then
uniform on (0, 1). The loss is the SUM of the two weighted squared errors, as in Elhage et al. (2022), so it is twice
that of `toy_models.reconstruction_loss`. A phase is a number: 0 keeps the first feature, 1 keeps the second, 2 keeps
both, head to head.
"""

import math
from functools import cache

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from superposition.features import moments

KEEP_FIRST, KEEP_SECOND, SUPERPOSED, NO_PHASE = 0, 1, 2, -1
# Where a search for the best weights begins: the three candidates, unequal pairs, and both features on one side.
STARTS = torch.tensor([[1, 0], [0, 1], [1, -1], [0.8, -0.5], [0.5, -0.8], [0.7, 0.7]], dtype=torch.float64)


def _checked(feature_probability: float | Tensor, relative_importance: float | Tensor) -> tuple[Tensor, Tensor]:
    moments(feature_probability)  # refuses what is no probability
    r = torch.as_tensor(relative_importance, dtype=torch.float64)
    if not bool((r > 0).all()):
        raise ValueError(f"relative_importance must be positive, got {relative_importance}")
    p, r = torch.broadcast_tensors(torch.as_tensor(feature_probability, dtype=torch.float64), r)
    return p, r


def two_feature_losses(
    feature_probability: float | Tensor, relative_importance: float | Tensor
) -> Float[Tensor, "*shape 3"]:
    """Evaluate the losses of the three candidates: keep the first, keep the second, both head to head.

    With v = p/3 - p^2/4 they are r v, v and (1 + r) p^2 / 6, for W = (1, 0), (0, 1), (1, -1) with the bias p/2 for a
    dropped feature and 0 for a kept one. Arguments broadcast. Anchors: p = .5, r = 1 gives .104167, .104167, .083333;
    at p = 4/7, r = 1 all three are equal. p outside (0, 1] or r <= 0 raises ValueError. Source: Wattenberg 2022, who is
    credited with this model by Elhage et al. 2022; re-derived in the chapter.
    """
    p, r = _checked(feature_probability, relative_importance)
    v = moments(p)[2]
    return torch.stack([r * v, v, (1 + r) * p.square() / 6], dim=-1)


def phase(feature_probability: float | Tensor, relative_importance: float | Tensor) -> Int[Tensor, "*shape"]:
    """Name the cheapest candidate: 0 keep the first, 1 keep the second, 2 both. A tie goes to the smaller number."""
    return two_feature_losses(feature_probability, relative_importance).argmin(-1)


def boundary(relative_importance: float | Tensor) -> Float[Tensor, "*shape"]:
    """Find the feature probability below which the pair is the cheapest candidate: 2s / (1 + 2.5 s), s = min(r, 1/r).

    The same curve, solved for r, is r = 2p / (4 - 5p) and its reciprocal. Anchors: r = 1 gives 4/7, the largest value;
    r = .24 gives .3. r <= 0 raises ValueError.
    """
    _, r = _checked(1.0, relative_importance)
    smaller = torch.minimum(r, 1 / r)
    return 2 * smaller / (1 + 2.5 * smaller)


@cache
def two_feature_design(
    nodes: int,
) -> tuple[Float[Tensor, "points 2"], Int[Tensor, " points"], Float[Tensor, " points"]]:
    """List points and shares that integrate over two features: x, how many are on, and the share within its pattern.

    Gauss-Legendre nodes on (0, 1) for a feature that is on: 1 + 2 nodes + nodes^2 points. The shares of each of the
    four patterns (none, first, second, both) add up to 1. Anchors: 8 nodes make 81 points. nodes < 1 raises ValueError.
    """
    if nodes < 1:
        raise ValueError(f"nodes must be at least 1, got {nodes}")
    places, weights = (torch.from_numpy(array) for array in np.polynomial.legendre.leggauss(nodes))
    t, share = (places + 1) / 2, weights / 2
    off = torch.zeros_like(t)
    x = torch.cat([torch.zeros(1, 2), torch.stack([t, off], 1), torch.stack([off, t], 1), torch.cartesian_prod(t, t)])
    active_count = torch.tensor([0] + [1] * (2 * nodes) + [2] * nodes**2)
    return x, active_count, torch.cat([torch.ones(1), share, share, torch.outer(share, share).flatten()])


def two_feature_expected_loss(
    W: Float[Tensor, "*instances 1 2"],
    b: Float[Tensor, "*instances 2"],
    feature_probability: float | Tensor,
    relative_importance: float | Tensor,
    nodes: int = 64,
) -> Float[Tensor, "*instances"]:
    """Integrate the loss over all inputs by Gauss-Legendre quadrature on the four patterns of activity.

    Probability and importance are numbers or one an instance. Exact when no ReLU bends inside a pattern; a bend leaves
    an error of order 1/nodes^2: the loss of W = (1, -1), b = 0 at p = .5, r = 1, which is .083333, comes out 1.1 % too
    large with 8 nodes and .02 % with 64. Differentiable in W and b.
    """
    p, r = _checked(feature_probability, relative_importance)
    x, active_count, share = (array.to(W.device) for array in two_feature_design(nodes))
    x, p, r = x.to(W.dtype), p.to(W)[..., None], r.to(W)[..., None]
    chance = share.to(W) * p**active_count * (1 - p) ** (2 - active_count)
    error = (torch.relu(x @ W.mT @ W + b.unsqueeze(-2)) - x).square()
    return (chance * (error[..., 0] + r * error[..., 1])).sum(-1)


def phase_of(W: Float[Tensor, "*instances 1 2"], threshold: float = 0.3) -> Int[Tensor, "*instances"]:
    """Name the phase of a model by its weights: which features are longer than `threshold`, and on which sides.

    0 or 1 when only that feature is long enough, 2 when both are and point apart, -1 for anything else (both short, or
    both on one side). Unchanged under W -> -W.
    """
    first, second = W[..., 0, 0], W[..., 0, 1]
    long_first, long_second = first.abs() > threshold, second.abs() > threshold
    found = torch.full_like(first, NO_PHASE, dtype=torch.long)
    found = torch.where(long_first & ~long_second, KEEP_FIRST, found)
    found = torch.where(long_second & ~long_first, KEEP_SECOND, found)
    return torch.where(long_first & long_second & (first * second < 0), SUPERPOSED, found)


def free_optimum(
    feature_probability: float | Tensor,
    relative_importance: float | Tensor,
    *,
    starts: Float[Tensor, "n_starts 2"] = STARTS,
    nodes: int = 8,
    steps: int = 300,
    lr: float = 0.05,
) -> tuple[Float[Tensor, "*shape 1 2"], Float[Tensor, "*shape 2"], Float[Tensor, "*shape"]]:
    """Search the best W and b with nothing held fixed, and return them with their loss.

    Adam on the quadrature from each start, all cells of the grid at once, the rate falling from `lr` to 0 as a cosine;
    a zero weight starts with the bias p/2, others with 0. The best point passed on any way counts, so with the default
    starts the loss is never above the best candidate's (as far as `nodes` can tell). Anchors: p = .5, r = 1 gives
    W = (.969, -.969) and the loss .0763, with 64 nodes. A local search: an upper bound on the optimum.
    """
    p, r = (array.unsqueeze(-1) for array in _checked(feature_probability, relative_importance))
    weights = starts.expand(*p.shape[:-1], *starts.shape).clone()
    W = weights.unsqueeze(-2).requires_grad_()
    b = (torch.where(weights == 0, p.unsqueeze(-1) / 2, 0)).requires_grad_()
    optimiser = torch.optim.Adam([W, b], lr=lr)
    kept_W, kept_b, least = W.detach().clone(), b.detach().clone(), torch.full(weights.shape[:-1], math.inf).double()
    for step in range(steps + 1):
        loss = two_feature_expected_loss(W, b, p, r, nodes)
        better = loss.detach() < least
        least = torch.where(better, loss.detach(), least)
        kept_W = torch.where(better[..., None, None], W.detach(), kept_W)
        kept_b = torch.where(better[..., None], b.detach(), kept_b)
        optimiser.param_groups[0]["lr"] = lr * (1 + math.cos(math.pi * step / max(steps, 1))) / 2
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
    winner = least.argmin(-1, keepdim=True)
    best_W = kept_W.take_along_dim(winner[..., None, None], dim=-3).squeeze(-3)
    best_b = kept_b.take_along_dim(winner[..., None], dim=-2).squeeze(-2)
    return best_W, best_b, least.take_along_dim(winner, dim=-1).squeeze(-1)

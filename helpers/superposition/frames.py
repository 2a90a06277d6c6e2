"""Directions in a small space: overlaps, coherence and what no arrangement can beat.

`W` has shape (*instances, d_hidden, n_features) and column i is the direction of feature i.
"""

import math

import numpy as np
import torch
from jaxtyping import Float
from numpy.polynomial.polynomial import polyval
from scipy.special import eval_gegenbauer, roots_gegenbauer
from torch import Tensor


def gram(W: Float[Tensor, "*instances d_hidden n_features"]) -> Float[Tensor, "*instances n_features n_features"]:
    """Tabulate all overlaps: W^T W, whose entry (i, j) is w_i . w_j and whose diagonal is the squared lengths."""
    return W.mT @ W


def interference(
    W: Float[Tensor, "*instances d_hidden n_features"],
) -> Float[Tensor, "*instances n_features n_features"]:
    """Keep what features do to each other: the Gram matrix with its diagonal set to 0."""
    overlaps = gram(W)
    return overlaps - torch.diag_embed(overlaps.diagonal(dim1=-2, dim2=-1))


def coherence(W: Float[Tensor, "*instances d_hidden n_features"]) -> Float[Tensor, "*instances"]:
    """Find the worst overlap: max over i != j of |cos(w_i, w_j)|.

    Anchors: an orthonormal basis has 0, five unit vectors at 72 degrees have cos(36 degrees) = .809.
    A zero column raises ValueError: it has no direction.
    """
    norms = W.norm(dim=-2, keepdim=True)
    if bool((norms == 0).any()):
        raise ValueError(f"every feature needs a direction, got {int((norms == 0).sum())} zero column(s)")
    return interference(W / norms).abs().amax(dim=(-2, -1))


def welch_bound(n_features: int, d_hidden: int) -> float:
    """Bound the coherence of n unit vectors in d dimensions from below: sqrt((n - d) / (d (n - 1))), 0 if n <= d.

    Anchors: 40 in 5 dimensions .42366, 3 in 2 dimensions 1/2. Reached only by equiangular tight frames, which for
    real vectors need n <= d (d + 1) / 2; 40 in 5 is far beyond that. Source: Welch 1974.
    """
    if min(n_features, d_hidden) < 1:
        raise ValueError(f"sizes must be at least 1, got n_features={n_features}, d_hidden={d_hidden}")
    if n_features <= d_hidden:
        return 0.0
    return math.sqrt((n_features - d_hidden) / (d_hidden * (n_features - 1)))


def random_directions(
    d_hidden: int, n_features: int, *, n_instances: int = 1, generator: torch.Generator
) -> Float[Tensor, "n_instances d_hidden n_features"]:
    """Draw unit columns that point anywhere with equal chance (Gaussian columns, normalised)."""
    columns = torch.randn(n_instances, d_hidden, n_features, generator=generator, dtype=torch.float64)
    return columns / columns.norm(dim=-2, keepdim=True)


def polygon(n_features: int) -> Float[Tensor, "2 n_features"]:
    """Place n unit vectors evenly around the plane; n = 2 is the antipodal pair (a digon). n < 2 raises ValueError."""
    if n_features < 2:
        raise ValueError(f"a polygon needs at least 2 features, got {n_features}")
    angle = 2 * math.pi * torch.arange(n_features, dtype=torch.float64) / n_features
    return torch.stack([angle.cos(), angle.sin()])


def half_cube(d_hidden: int) -> Float[Tensor, "d_hidden n_features"]:
    """List the corners of a cube that have an even number of minus signs, scaled to length 1: 2^(d-1) columns.

    Two corners that differ in 2k signs have cosine 1 - 4k/d. Anchors: d = 3 is the tetrahedron (all cosines -1/3);
    in d = 5 each of the 16 corners sees five others at -3/5 and ten at +1/5. Also called the demihypercube.
    d_hidden < 1 raises ValueError.
    """
    if d_hidden < 1:
        raise ValueError(f"d_hidden must be at least 1, got {d_hidden}")
    signs = torch.cartesian_prod(*[torch.tensor([1.0, -1.0], dtype=torch.float64)] * d_hidden)
    corners = signs.reshape(-1, d_hidden)
    return corners[corners.prod(dim=1) > 0].T / math.sqrt(d_hidden)


def minimise_coherence(
    d_hidden: int, n_features: int, *, n_restarts: int = 8, steps: int = 2000, generator: torch.Generator
) -> Float[Tensor, "d_hidden n_features"]:
    """Search for unit columns whose worst overlap is small, and return the best of several restarts.

    Minimises the soft maximum logsumexp(t cos^2) / t while t rises from 10 to 1000. A local search: its result is an
    upper bound on the smallest possible coherence, nothing more. n_features <= d_hidden returns orthonormal columns.
    """
    if n_features <= d_hidden:
        return torch.eye(d_hidden, n_features, dtype=torch.float64)
    W = random_directions(d_hidden, n_features, n_instances=n_restarts, generator=generator).requires_grad_()
    optimiser = torch.optim.Adam([W], lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        sharpness = 10 * 100 ** (step / steps)
        squared = interference(W / W.norm(dim=-2, keepdim=True)).square()
        loss = (torch.logsumexp(sharpness * squared.flatten(1), dim=1) / sharpness).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    directions = (W / W.norm(dim=-2, keepdim=True)).detach()
    return directions[coherence(directions).argmin()]


def linear_programming_bound(polynomial: list[float], d_hidden: int, cosine: float) -> float:
    """Bound how many unit vectors in d dimensions can have all mutual cosines at most `cosine`.

    Let f(t) = sum_k polynomial[k] t^k be at most 0 on [-1, cosine], and let all coefficients f_k of its expansion in
    the Gegenbauer polynomials of the sphere be at least 0. Then n <= f(1) / f_0: of the sum of f over all pairs of
    vectors the diagonal gives n f(1) and the rest at most 0, while each Gegenbauer polynomial sums to 0 or more and the
    constant one to n^2. Anchors: (t - 1/5)(t + 3/5)^2 in 5 dimensions gives 16, the half-cube.
    d_hidden < 3, or a polynomial that breaks a condition, raises ValueError. The method is Delsarte's.
    """
    if d_hidden < 3:
        raise ValueError(f"d_hidden must be at least 3, got {d_hidden}")
    index = d_hidden / 2 - 1
    nodes, weights = roots_gegenbauer(len(polynomial), index)
    basis = [eval_gegenbauer(k, index, nodes) / eval_gegenbauer(k, index, 1.0) for k in range(len(polynomial))]
    values = polyval(nodes, polynomial)
    coefficients = np.array([weights @ (values * g) / (weights @ (g * g)) for g in basis])
    if coefficients.min() < -1e-9 or polyval(np.linspace(-1, cosine, 1001), polynomial).max() > 1e-9:
        conditions = f"not exceed 0 up to cosine={cosine}, nor have a negative Gegenbauer coefficient"
        raise ValueError(f"polynomial must {conditions}, got {polynomial}")
    return float(polyval(1.0, polynomial) / coefficients[0])


def effective_features_per_neuron(
    W: Float[Tensor, "*instances d_hidden n_features"],
) -> Float[Tensor, "*instances d_hidden"]:
    """Count how many features share each neuron: (sum_i w_i^2)^2 / sum_i w_i^4 along a row of W.

    The participation ratio: 1 when one feature owns the neuron, n when n features share it evenly, 0 for a row of
    zeros. It depends on the basis, which is the point: polysemanticity is a property of axes, superposition is not.
    """
    squares = W.square()
    total, concentration = squares.sum(-1), squares.square().sum(-1)
    return torch.where(concentration > 0, total.square() / concentration.clamp_min(torch.finfo(W.dtype).tiny), 0)

"""Points that repel on a sphere: Thomson's problem, and the one that a toy model with rare features solves.

When features are rare, at most one is on in nearly every sample. The expected loss of x_hat = relu(W^T W x + b) is then
p times a sum over features and pairs of features: an energy of points, with a repulsion that training has chosen.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import minimize
from torch import Tensor

from superposition.expected_loss import first_order_loss
from superposition.frames import gram, polygon, random_directions


def coulomb(cosine: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Repel as electrons do: one over the distance of two points on the unit sphere, (2 - 2 cos)^(-1/2).

    Anchors: antipodes 1/2, perpendicular points .7071. Points that coincide repel without bound.
    """
    return (2 - 2 * cosine).rsqrt()


def best_polygon(n_features: int) -> tuple[float, float, float]:
    """Find the cheapest regular polygon with all features alike: first-order loss a feature, squared norm, bias.

    Anchors: 3 or 4 features (0, 1, 0); 5 features (.015825, 1.370, -.282). Fewer than 2 raises ValueError.
    """
    corners, alike = polygon(n_features), torch.ones(n_features)

    def cost(setting: Float[np.ndarray, "2"]) -> float:
        size, gate = abs(setting[0]), -abs(setting[1])
        biases = torch.full((n_features,), gate, dtype=corners.dtype)
        return float(first_order_loss(size**0.5 * corners, biases, alike))

    fit = minimize(cost, [1.5, 0.4], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
    return float(fit.fun), abs(float(fit.x[0])), -abs(float(fit.x[1]))


def pair_energy(
    W: Float[Tensor, "*instances d_hidden n_features"], potential: Callable[[Tensor], Tensor]
) -> Float[Tensor, "*instances"]:
    """Add up a potential of the cosine over all pairs of directions, each pair once.

    Anchors: with `coulomb`, a tetrahedron has 3.674, an icosahedron 49.165.
    """
    unit = torch.nn.functional.normalize(W, dim=-2)
    rows, columns = torch.triu_indices(W.shape[-1], W.shape[-1], offset=1)
    return potential(gram(unit)[..., rows, columns]).sum(-1)


def minimise_energy(
    d_hidden: int,
    n_features: int,
    potential: Callable[[Tensor], Tensor],
    *,
    n_restarts: int = 8,
    steps: int = 600,
    generator: torch.Generator,
) -> Float[Tensor, "d_hidden n_features"]:
    """Let points on the unit sphere repel each other, and return the calmest of several restarts.

    Gradient descent on `pair_energy`: a local search, whose result is an upper bound on the least energy. Of restarts
    that end within a millionth of the least, the first is returned, so that rounding does not choose between them.
    """
    points = random_directions(d_hidden, n_features, n_instances=n_restarts, generator=generator).requires_grad_()
    optimiser = torch.optim.Adam([points], lr=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        pair_energy(points, potential).sum().backward()
        optimiser.step()
        schedule.step()
    found = torch.nn.functional.normalize(points.detach(), dim=-2)
    energy = pair_energy(found, potential)
    return found[(energy <= energy.min() * (1 + 1e-6)).int().argmax()]


def largest_cosine(W: Float[Tensor, "*instances d_hidden n_features"]) -> Float[Tensor, "*instances"]:
    """Find how close the two nearest directions are: max over i != j of cos(w_i, w_j), with its sign.

    The spherical-code (Tammes) problem asks for the least; `coherence` is the same with the sign taken off.
    Anchors: a simplex in d dimensions -1/d, the half-cube in five 1/5.
    """
    cosines = gram(torch.nn.functional.normalize(W, dim=-2))
    return (cosines - 3 * torch.eye(W.shape[-1], dtype=W.dtype)).amax(dim=(-2, -1))

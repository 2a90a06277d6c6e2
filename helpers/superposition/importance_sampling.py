"""Drawing rare features more often than they come, and taking it back with weights.

With p = .001 and 20 features, 98 of 100 samples hold nothing. Draw with a larger q instead, and let each sample count
as much as it is likelier, or less likely, under p than under q. The mean of anything stays what it was.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from superposition.features import moments, sparse_features


def drawn_probability(
    feature_probability: Float[Tensor, "*shape"], n_features: int, min_active: float = 1.0
) -> Float[Tensor, "*shape"]:
    """Choose the probability to draw with: q = max(p, min_active / n), where the second is at most 1/2.

    `min_active` is the least mean number of features that are on in a sample; 0 leaves p as it is. Anchors: 20 features
    at p = .001 are drawn with q = .05; p = .3 stays. A negative `min_active` raises ValueError.
    """
    if min_active < 0:
        raise ValueError(f"min_active must not be negative, got {min_active}")
    return feature_probability.clamp(min=min(min_active / n_features, 0.5))


def importance_weights(
    active_count: Tensor, feature_probability: float | Tensor, drawn: float | Tensor, n_features: int
) -> Float[Tensor, "*shape"]:
    """Weigh samples drawn with q so that their means are means under p.

    w = (p/q)^k ((1-p)/(1-q))^(n-k) for k of n features on. Arguments broadcast. Anchors: w = 1 where q = p; the mean of
    w over samples drawn with q is 1; an empty sample, which q makes rarer, counts more. p outside (0, 1] raises
    ValueError, as does q below p or q = 1 above p.
    Source: importance sampling, as in any Monte Carlo text; each feature is on independently.
    """
    p, q = torch.as_tensor(feature_probability), torch.as_tensor(drawn)
    for probability in (p, q):
        moments(probability)  # refuses what is no probability
    if bool(((q < p) | ((q == 1) & (p < 1))).any()):
        raise ValueError(f"drawn must be p itself or lie between p and 1, got {drawn} for p = {feature_probability}")
    return weights_of(active_count, p, q, n_features)


def weights_of(active_count: Tensor, feature_probability: Tensor, drawn: Tensor, n_features: int) -> Tensor:
    """Compute `importance_weights` of probabilities that are known to be sound, as the trainer does at every step."""
    p, q = feature_probability, drawn
    off = torch.where(q > p, torch.log1p(-p) - torch.log1p(-q), 0)
    return torch.exp(active_count * torch.log(p / q) + (n_features - active_count) * off)


def weighted_sample(
    n_samples: int,
    n_features: int,
    feature_probability: float,
    *,
    min_active: float = 1.0,
    generator: torch.Generator,
) -> tuple[Float[Tensor, "n_samples n_features"], Float[Tensor, " n_samples"]]:
    """Draw sparse features with a mean of `min_active` or more on, and weights that make sums into means under p.

    The weights are `importance_weights` / n_samples. Sizes below 1 or p outside (0, 1] raise ValueError.
    """
    if min(n_samples, n_features) < 1:
        raise ValueError(f"n_samples and n_features must be at least 1, got {n_samples} and {n_features}")
    p = torch.tensor(float(feature_probability))
    q = drawn_probability(p, n_features, min_active)
    x = sparse_features(torch.rand(n_samples, n_features, generator=generator, device=generator.device), q)
    return x, weights_of((x > 0).sum(-1), p.to(x), q.to(x), n_features) / n_samples

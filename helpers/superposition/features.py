"""Sparse features: the synthetic inputs that toy models of superposition are asked to remember.

A feature is off (exactly 0) with probability 1 - p and otherwise uniform on (0, 1), independently of all others
unless the function says otherwise.
We write p = `feature_probability`; the literature's "sparsity" S is 1 - p (Elhage et al. 2022), though the word is
used both ways in public code, so no parameter here is called sparsity.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def _checked_probability(feature_probability: float | Tensor) -> Tensor:
    probability = torch.as_tensor(feature_probability, dtype=torch.float64)
    if not bool(((probability > 0) & (probability <= 1)).all()):
        raise ValueError(f"feature_probability must lie in (0, 1], got {feature_probability}")
    return probability


def sparse_features(uniform: Float[Tensor, "*shape"], feature_probability: float | Tensor) -> Float[Tensor, "*shape"]:
    """Turn uniform numbers into sparse features with one subtraction: x = relu(1 - u / p).

    u < p happens with probability p, and 1 - u / p is then uniform on (0, 1): one number decides both whether the
    feature is on and how strongly. Anchors: u = 0 gives 1, u >= p gives exactly 0, p = 1 gives 1 - u.
    `feature_probability` is a number or a tensor that broadcasts against `uniform`; outside (0, 1] raises ValueError.
    """
    probability = _checked_probability(feature_probability).to(uniform)
    return torch.relu(1 - uniform / probability)


def sample(
    n_samples: int,
    n_features: int,
    feature_probability: float | Tensor,
    *,
    n_instances: int = 1,
    dtype: torch.dtype | None = None,
    generator: torch.Generator,
) -> Float[Tensor, "n_instances n_samples n_features"]:
    """Draw a batch of sparse features for each instance, all entries independent.

    A tensor `feature_probability` broadcasts against the result; one p an instance is `p[:, None, None]`.
    Sizes below 1 raise ValueError.
    """
    shape = {"n_instances": n_instances, "n_samples": n_samples, "n_features": n_features}
    for name, size in shape.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, got {size}")
    uniform = torch.rand(*shape.values(), generator=generator, dtype=dtype, device=generator.device)
    return sparse_features(uniform, feature_probability)


def _one_switch_a_pair(
    n_samples: int, n_features: int, pair_probability: float | Tensor, n_instances: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw independent values for all features and one switch for each pair of neighbours (0 and 1, 2 and 3, ...)."""
    if n_features % 2:
        raise ValueError(f"n_features must be even to make pairs, got {n_features}")
    values = sample(n_samples, n_features, 1.0, n_instances=n_instances, generator=generator)
    switches = sample(n_samples, n_features // 2, pair_probability, n_instances=n_instances, generator=generator) > 0
    return values, switches.repeat_interleave(2, dim=-1)


def correlated(
    n_samples: int,
    n_features: int,
    pair_probability: float | Tensor,
    *,
    n_instances: int = 1,
    generator: torch.Generator,
) -> Float[Tensor, "n_instances n_samples n_features"]:
    """Draw features whose neighbours 0 and 1, 2 and 3, ... are on together or off together, with values of their own.

    Each feature is on with `pair_probability`; P(both on) is the same number, P(exactly one on) is 0. An odd
    n_features raises ValueError. Source: the correlated sets of Elhage et al. 2022.
    """
    values, switches = _one_switch_a_pair(n_samples, n_features, pair_probability, n_instances, generator)
    return values * switches


def anticorrelated(
    n_samples: int,
    n_features: int,
    pair_probability: float | Tensor,
    *,
    n_instances: int = 1,
    generator: torch.Generator,
) -> Float[Tensor, "n_instances n_samples n_features"]:
    """Draw features of which exactly one of a pair is on when the pair is on, each partner in half of the cases.

    Each feature is on with pair_probability / 2; P(both on) is 0. An odd n_features raises ValueError.
    """
    values, switches = _one_switch_a_pair(n_samples, n_features, pair_probability, n_instances, generator)
    coins = torch.rand(*values.shape[:-1], n_features // 2, generator=generator, device=values.device) < 0.5
    first = torch.stack([coins, ~coins], dim=-1).flatten(-2)
    return values * switches * first


def linear_importance(n_features: int, first: float = 1.0, last: float = 0.1) -> Float[Tensor, " n_features"]:
    """Space importances evenly from `first` to `last`: I_i = first + (last - first) i / (n - 1).

    Anchors: 40 features from 1 to .1 have mean .55. Negative ends raise ValueError.
    """
    if min(first, last) < 0:
        raise ValueError(f"importances must not be negative, got first={first}, last={last}")
    return torch.linspace(first, last, n_features)


def geometric_importance(n_features: int, ratio: float) -> Float[Tensor, " n_features"]:
    """Let each feature matter `ratio` times as much as the one before: I_i = ratio ** i.

    Anchors: ratio 1 makes all equal; the demonstration of Elhage et al. (2022) uses ratio .7 for 20 features.
    A ratio outside (0, 1] raises ValueError.
    """
    if not 0 < ratio <= 1:
        raise ValueError(f"ratio must lie in (0, 1], got {ratio}")
    return ratio ** torch.arange(n_features, dtype=torch.get_default_dtype())


def moments(feature_probability: float | Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return mean, second moment and variance of one feature: p/2, p/3, p/3 - p^2/4.

    Anchors: p = 1 is the uniform law, with variance 1/12; p = .1 has mean .05 and variance .030833.
    """
    p = _checked_probability(feature_probability)
    return p / 2, p / 3, p / 3 - p**2 / 4

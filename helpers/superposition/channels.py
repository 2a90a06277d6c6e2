"""Crowded channels: the noise of a sum, and how many dimensions a sparse crowd needs."""

import numpy as np
from scipy.stats import norm


def cross_talk_variance(n_active: int, d_hidden: int, second_moment: float = 1.0) -> float:
    """Predict the read-out noise that k active random unit directions make in m dimensions: k E[x^2] / m.

    Anchors: 3 in 30 and 10 in 100 both give .1. d_hidden < 1 raises ValueError.
    """
    if d_hidden < 1:
        raise ValueError(f"d_hidden must be at least 1, got {d_hidden}")
    return n_active * second_moment / d_hidden


def recovery_dimension(n_features: int, n_active: int, *, nonnegative: bool = False) -> float:
    """Count the random measurements from which l1 minimisation recovers k active features of n.

    The statistical dimension of the descent cone of the l1 norm,
        min over t >= 0 of  k (1 + t^2) + (n - k) c E[(g - t)_+^2],   g ~ N(0, 1),
    with c = 2 for signed features and c = 1 for non-negative ones. An asymptotic formula: at the sizes of a toy model
    it is an indication. Anchors: n = 40, k = 1 gives 4.92 signed and 4.11 non-negative; k = 0 gives 0.
    The minimum is taken on a grid of t in steps of .001 up to 10.
    n_active outside 0..n_features raises ValueError. Source: Amelunxen, Lotz, McCoy, Tropp 2014.
    """
    if not 0 <= n_active <= n_features:
        raise ValueError(f"n_active must lie between 0 and n_features={n_features}, got {n_active}")
    if n_active == 0:
        return 0.0
    sides = 1 if nonnegative else 2
    thresholds = np.linspace(0, 10, 10_001)
    tail = (1 + thresholds**2) * norm.sf(thresholds) - thresholds * norm.pdf(thresholds)
    dimension = n_active * (1 + thresholds**2) + (n_features - n_active) * sides * tail
    return float(dimension.min())

import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.stats import norm

from superposition.channels import cross_talk_variance, recovery_dimension
from superposition.frames import random_directions


@pytest.mark.parametrize(("d_hidden", "n_active"), [(30, 3), (100, 10)])
def test_cross_talk_is_what_random_directions_do(d_hidden, n_active):
    generator = torch.Generator().manual_seed(0)
    W = random_directions(d_hidden, n_active + 1, n_instances=4000, generator=generator)
    target, crowd = W[..., :1], W[..., 1:]
    noise = (target.mT @ crowd).sum(-1).flatten()
    predicted = cross_talk_variance(n_active, d_hidden)
    assert float(noise.var()) == pytest.approx(predicted, rel=4 * (2 / 4000) ** 0.5)


def test_cross_talk_needs_a_dimension():
    with pytest.raises(ValueError, match="d_hidden must be at least 1, got 0"):
        cross_talk_variance(1, 0)


@pytest.mark.parametrize(("n_active", "nonnegative", "expected"), [(1, True, 4.11), (2, True, 6.68), (3, True, 8.79)])
def test_recovery_dimension_by_a_grid_and_quadrature(n_active, nonnegative, expected):
    def dimension(t):
        tail = quad(lambda g: (g - t) ** 2 * norm.pdf(g), t, 12)[0]
        return n_active * (1 + t * t) + (40 - n_active) * tail

    grid = min(dimension(t / 500) for t in range(400, 1300))
    value = recovery_dimension(40, n_active, nonnegative=nonnegative)
    assert value == pytest.approx(grid, abs=1e-3)
    assert value == pytest.approx(expected, abs=0.05)


def test_recovery_dimension_at_the_edges():
    assert recovery_dimension(10, 0) == 0.0
    assert recovery_dimension(10, 10) == pytest.approx(10, abs=1e-3)
    assert recovery_dimension(40, 1) > recovery_dimension(40, 1, nonnegative=True)
    with pytest.raises(ValueError, match="n_active must lie between 0 and n_features=10, got 11"):
        recovery_dimension(10, 11)


@pytest.mark.parametrize(("factor", "mostly_recovered"), [(0.6, False), (1.5, True)])
def test_linear_programming_succeeds_above_the_dimension_and_fails_below(factor, mostly_recovered):
    n, k, trials = 60, 6, 20
    measurements = round(factor * recovery_dimension(n, k, nonnegative=True))
    generator, recovered = torch.Generator().manual_seed(1), 0
    for _ in range(trials):
        A = torch.randn(measurements, n, generator=generator, dtype=torch.float64).numpy()
        x = torch.zeros(n, dtype=torch.float64)
        x[torch.randperm(n, generator=generator)[:k]] = 1
        result = linprog([1.0] * n, A_eq=A, b_eq=A @ x.numpy())
        recovered += result.status == 0 and abs(result.x - x.numpy()).max() < 1e-5
    assert (recovered > trials / 2) == mostly_recovered

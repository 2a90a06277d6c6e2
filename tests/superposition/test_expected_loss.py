import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from superposition.expected_loss import (
    activity_design,
    design_weights,
    expected_loss,
    first_order_loss,
    leak,
    own_error,
    weighted_loss,
)
from superposition.features import moments, sample
from superposition.frames import polygon
from superposition.gradients import reconstruct
from superposition.polytopes import simplex
from superposition.toy_models import best_linear_loss, mean_only_loss, reconstruction_loss

P = torch.tensor([1.0, 0.5, 0.1, 0.01], dtype=torch.float64)


def number(value):
    return torch.tensor(value, dtype=torch.float64)


def generator(seed):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("n_features", "points", "size"), [(5, 8, 1937), (2, 1, 9), (1, 4, 9), (3, 2, 53)])
def test_design_lists_every_pattern(n_features, points, size):
    x, active_count = activity_design(n_features, points)
    assert x.shape == (size, n_features)
    assert torch.equal((x > 0).sum(-1), active_count)
    patterns, inputs = (x > 0).unique(dim=0, return_counts=True)
    assert len(patterns) == 2**n_features
    for pattern, count in zip(patterns.sum(-1).tolist(), inputs.tolist(), strict=True):
        assert count == (points * 2**pattern if pattern else 1)


def test_another_seed_has_other_points_and_the_same_seed_the_same():
    first, again, other = (activity_design(3, 4, seed=seed)[0] for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("n_features", [1, 2, 5])
def test_weights_integrate_polynomials(n_features):
    x, active_count = activity_design(n_features, 64)
    weight = design_weights(active_count, P, n_features)
    assert weight.shape == (len(P), len(x))
    torch.testing.assert_close(weight.sum(-1), torch.ones_like(P), rtol=0, atol=1e-12)
    mean, second, _ = moments(P)
    for feature in range(n_features):
        column = x[:, feature].double()
        torch.testing.assert_close(weight @ column, mean, rtol=1e-3, atol=0)
        torch.testing.assert_close(weight @ column.square(), second, rtol=2e-3, atol=0)
    if n_features > 1:
        product = (x[:, 0] * x[:, 1]).double()
        torch.testing.assert_close(weight @ product, mean**2, rtol=5e-3, atol=0)


def test_weights_of_the_outer_patterns():
    _, active_count = activity_design(3, 1)
    weight = design_weights(active_count, P, 3)
    torch.testing.assert_close(weight[:, active_count == 0].sum(-1), (1 - P) ** 3)
    torch.testing.assert_close(weight[:, active_count == 3].sum(-1), P**3)


@pytest.mark.parametrize("p", [1.0, 0.3, 0.05])
def test_a_model_that_stores_nothing_costs_the_second_moment_or_the_variance(p):
    importance = torch.tensor([1.0, 0.5, 0.2])
    W, b = torch.zeros(2, 3), torch.zeros(3)
    second = float(moments(p)[1])
    assert float(expected_loss(W, b, p, importance)) == pytest.approx(float(importance.mean()) * second, rel=1e-2)
    predicts_mean = float(expected_loss(W, b + p / 2, p, importance))
    assert predicts_mean == pytest.approx(mean_only_loss(p, importance), rel=1e-2)


def test_the_best_linear_model_costs_its_closed_form():
    importance = torch.tensor([1.0, 0.8, 0.5, 0.2])
    W = torch.eye(4)[:2]
    b = torch.tensor([0, 0, 0.15, 0.15])
    assert float(expected_loss(W, b, 0.3, importance)) == pytest.approx(
        best_linear_loss(4, 2, 0.3, importance), rel=5e-3
    )


@pytest.mark.parametrize("seed", range(3))
def test_design_agrees_with_drawing(seed):
    W = torch.randn(len(P), 2, 4, generator=generator(seed)) / 2
    b = torch.randn(len(P), 4, generator=generator(seed + 50)) / 5
    importance = torch.rand(4, generator=generator(seed + 90))
    size = 100_000
    x = sample(size, 4, P[:, None, None], n_instances=len(P), generator=generator(seed + 7))
    each = (importance * (reconstruct(W, b, x) - x).square()).mean(-1)
    found = expected_loss(W, b, P, importance, activity_design(4, 64))
    noise = 4 * each.std(-1) / math.sqrt(size)
    assert bool(((found - each.mean(-1)).abs() <= noise + 2e-3 * found).all())


def test_expected_loss_has_a_gradient():
    W = torch.randn(2, 3, generator=generator(3)).requires_grad_()
    expected_loss(W, torch.zeros(3), 0.3, torch.ones(3)).backward()
    assert float(W.grad.norm()) > 0


def test_equal_weights_are_the_mean_over_samples():
    W, b, importance = torch.randn(2, 3, generator=generator(1)), torch.zeros(3), torch.tensor([1.0, 2, 3])
    x = torch.rand(50, 3, generator=generator(2))
    expected = reconstruction_loss(x, reconstruct(W, b, x), importance)
    torch.testing.assert_close(weighted_loss(W, b, x, torch.full((50,), 0.02), importance), expected)


@given(overlap=st.floats(-2, 2), bias=st.floats(-2, 0))
def test_leak_is_the_integral(overlap, bias):
    kink = [-bias / overlap] if overlap > -bias > 0 else None
    expected = quad(lambda x: max(0, overlap * x + bias) ** 2, 0, 1, points=kink)[0]
    assert float(leak(number(overlap), number(bias))) == pytest.approx(expected, abs=1e-9)


@given(size=st.floats(0, 4), bias=st.floats(-3, 0))
def test_own_error_is_the_integral(size, bias):
    kink = [-bias / size] if size > -bias > 0 else None
    expected = quad(lambda x: (x - max(0, size * x + bias)) ** 2, 0, 1, points=kink)[0]
    assert float(own_error(number(size), number(bias))) == pytest.approx(expected, abs=1e-8)


def test_a_positive_bias_of_a_leak_is_refused():
    with pytest.raises(ValueError, match=r"bias must not be positive, got 0\.1"):
        leak(number([1.0, 0.0]), number([0.1, -0.1]))


@pytest.mark.parametrize("seed", range(5))
def test_first_order_loss_is_the_integral(seed):
    draw = generator(seed)
    W = torch.randn(3, 7, generator=draw, dtype=torch.float64) * 0.6
    b = -torch.rand(7, generator=draw, dtype=torch.float64) * 0.3
    importance = torch.rand(7, generator=draw, dtype=torch.float64)
    t, gram = torch.linspace(0, 1, 20_001, dtype=torch.float64), W.T @ W
    total = 0.0
    for i in range(7):
        for j in range(7):
            error = (t * (i == j) - torch.relu(gram[i, j] * t + b[j])).square()
            total += float(importance[j] * torch.trapezoid(error, t))
    assert float(first_order_loss(W, b, importance)) == pytest.approx(total / 7, rel=1e-6)


def test_first_order_loss_is_the_limit_of_the_expected_loss():
    W = torch.randn(4, 2, 4, generator=generator(4), dtype=torch.float64) / 2
    b = -torch.rand(4, 4, generator=generator(5), dtype=torch.float64) / 5
    importance = torch.ones(4, dtype=torch.float64)
    limit = first_order_loss(W, b, importance)
    design = activity_design(4, 256)
    gaps = [(expected_loss(W, b, p, importance, design) / p - limit).abs().max() for p in (1e-1, 1e-2, 1e-4)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert float(gaps[2]) < 2e-4


def test_rare_samples_approach_it():
    W, b = math.sqrt(1.37) * polygon(5), torch.full((5,), -0.282, dtype=torch.float64)
    p = 0.002
    x = sample(2_000_000, 5, p, dtype=torch.float64, generator=torch.Generator().manual_seed(1))[0]
    each = (x - torch.relu(x @ W.T @ W + b)).square().mean(1) / p
    error = float(each.std()) / math.sqrt(len(each))
    assert abs(float(each.mean()) - float(first_order_loss(W, b, torch.ones(5)))) < 4 * error + 5 * p


@pytest.mark.parametrize("figure", [polygon(3), polygon(4), simplex(3)])
def test_figures_that_leak_nothing(figure):
    n_features = figure.shape[1]
    assert float(first_order_loss(figure, torch.zeros(n_features), torch.ones(n_features))) == pytest.approx(
        0, abs=1e-12
    )


def test_only_positive_overlaps_cost():
    ones = torch.ones(2)
    digon = torch.tensor([[1.0, -1.0]])
    assert float(first_order_loss(digon, torch.zeros(2), ones)) == 0
    for angle in (0.3, 1.2):
        W = torch.tensor([[1.0, math.cos(angle)], [0.0, math.sin(angle)]])
        expected = 2 * math.cos(angle) ** 2 / 3 / 2
        assert float(first_order_loss(W, torch.zeros(2), ones)) == pytest.approx(expected, rel=1e-5)
    pentagon = polygon(5).double()
    overlap = 2 * math.cos(2 * math.pi / 5) ** 2 / 3
    assert float(first_order_loss(pentagon, torch.zeros(5).double(), torch.ones(5).double())) == pytest.approx(overlap)


def test_a_feature_that_is_not_stored_costs_a_third():
    W, importance = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([1.0, 0.6, 0.3])
    for b in (torch.zeros(3), torch.tensor([0.0, -0.4, -2.0])):
        assert float(first_order_loss(W, b, importance)) == pytest.approx((0.6 + 0.3) / 3 / 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: activity_design(11), "needs 1,417,169 inputs for 11 features"),
        (lambda: activity_design(0), "must be at least 1, got 0 and 8"),
        (lambda: activity_design(3, 0), "must be at least 1, got 3 and 0"),
        (lambda: design_weights(torch.tensor([0, 1, 1]), 0.5, 2), "active_count must hold each number from 0 to 2"),
        (lambda: design_weights(torch.tensor([0, 1, 2, 3]), 0.5, 2), "active_count must hold each number from 0 to 2"),
        (lambda: design_weights(torch.tensor([0, 1, 2]), 0.0, 2), r"feature_probability must lie in \(0, 1\]"),
        (
            lambda: first_order_loss(torch.eye(2), torch.tensor([0.0, 0.2]), torch.ones(2)),
            r"bias must not be positive, got 0\.2",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

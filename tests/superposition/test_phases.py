import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import dblquad, quad
from scipy.optimize import brentq

from superposition.features import sample
from superposition.phases import (
    boundary,
    free_optimum,
    phase,
    phase_of,
    two_feature_design,
    two_feature_expected_loss,
    two_feature_losses,
)

probabilities = st.floats(0.01, 1)
importances = st.floats(0.05, 20)


def model(*numbers):
    """Make W and b of the model from w1, w2, b1, b2."""
    w1, w2, b1, b2 = numbers
    return torch.tensor([[w1, w2]], dtype=torch.float64), torch.tensor([b1, b2], dtype=torch.float64)


def error(x, y, w, v, b, c, r):
    """The weighted squared errors for one input."""
    h = w * x + v * y
    return (max(w * h + b, 0) - x) ** 2 + r * (max(v * h + c, 0) - y) ** 2


def slow_loss(w, v, b, c, p, r):
    """The four patterns one by one; the square is cut along its diagonal, where the pair's ReLUs bend."""
    loss = (1 - p) ** 2 * error(0, 0, w, v, b, c, r)
    loss += p * (1 - p) * quad(lambda x: error(x, 0, w, v, b, c, r), 0, 1)[0]
    loss += p * (1 - p) * quad(lambda y: error(0, y, w, v, b, c, r), 0, 1)[0]
    below = dblquad(lambda y, x: error(x, y, w, v, b, c, r), 0, 1, 0, lambda x: x)[0]
    above = dblquad(lambda x, y: error(x, y, w, v, b, c, r), 0, 1, 0, lambda y: y)[0]
    return loss + p**2 * (below + above)


@pytest.mark.parametrize(("p", "r"), [(0.5, 1.0), (0.05, 3.0), (1.0, 0.2)])
def test_the_candidates_cost_what_integration_says(p, r):
    slow = [slow_loss(1, 0, 0, p / 2, p, r), slow_loss(0, 1, p / 2, 0, p, r), slow_loss(1, -1, 0, 0, p, r)]
    assert two_feature_losses(p, r).tolist() == pytest.approx(slow, abs=1e-9)


def test_the_anchors_of_the_candidates():
    assert two_feature_losses(0.5, 1).tolist() == pytest.approx([0.104167, 0.104167, 0.083333], abs=1e-6)
    assert two_feature_losses(4 / 7, 1).tolist() == pytest.approx([0.10884354] * 3, abs=1e-8)


def test_the_candidates_broadcast():
    p, r = torch.rand(3, 1) * 0.9 + 0.1, torch.rand(4) + 0.1
    losses = two_feature_losses(p, r)
    assert losses.shape == (3, 4, 3)
    torch.testing.assert_close(losses[2, 1], two_feature_losses(float(p[2]), float(r[1])), atol=1e-7, rtol=1e-6)


@given(p=probabilities, r=importances)
def test_exchanging_the_features_rescales_the_losses(p, r):
    first, second, pair = two_feature_losses(p, r).tolist()
    assert two_feature_losses(p, 1 / r).tolist() == pytest.approx([second / r, first / r, pair / r], rel=1e-9)


@pytest.mark.parametrize("r", [0.1, 0.24, 1.0, 1.7, 9.0])
def test_the_boundary_is_where_the_losses_cross(r):
    def advantage(p):
        first, second, pair = two_feature_losses(p, r).tolist()
        return pair - min(first, second)

    assert float(boundary(r)) == pytest.approx(brentq(advantage, 1e-6, 1, xtol=1e-13), abs=1e-11)


@given(r=importances)
def test_the_boundary_is_symmetric_and_at_most_four_sevenths(r):
    p = float(boundary(r))
    assert 0 < p <= 4 / 7 + 1e-12
    assert float(boundary(1 / r)) == pytest.approx(p, rel=1e-9)
    assert min(r, 1 / r) == pytest.approx(2 * p / (4 - 5 * p), rel=1e-9)
    assert int(phase(0.99 * p, r)) == 2
    assert int(phase(min(1.01 * p, 1), r)) == (0 if r <= 1 else 1)


def test_the_anchors_of_the_boundary():
    assert boundary(torch.tensor([1, 0.24])).tolist() == pytest.approx([4 / 7, 0.3], abs=1e-7)


@pytest.mark.parametrize("nodes", [1, 2, 8])
def test_the_design_is_a_law_on_each_pattern(nodes):
    x, active_count, share = two_feature_design(nodes)
    assert len(x) == 1 + 2 * nodes + nodes**2
    assert active_count.tolist() == (x > 0).sum(1).tolist()
    assert share[1 : 1 + nodes].sum() == pytest.approx(1)
    assert share[active_count == 2].sum() == pytest.approx(1)


def test_eight_nodes_integrate_polynomials_exactly():
    x, active_count, share = two_feature_design(8)
    both = active_count == 2
    assert float((share * x[:, 0] ** 5 * x[:, 1] ** 14)[both].sum()) == pytest.approx(1 / 6 / 15, rel=1e-12)


@pytest.mark.parametrize("numbers", [(1, -1, 0, 0), (0.9, -0.7, 0.1, 0.2), (0.8, 0.5, -0.1, -0.2), (1, 0, 0, 0.2)])
def test_the_expected_loss_is_the_slow_integral(numbers):
    loss = two_feature_expected_loss(*model(*numbers), 0.4, 0.6)
    assert float(loss) == pytest.approx(slow_loss(*numbers, 0.4, 0.6), rel=3e-4)


def test_the_expected_loss_is_the_mean_over_a_large_sample():
    W, b = model(0.9, -0.6, 0.05, 0.2)
    x = sample(400_000, 2, 0.3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))[0]
    losses = ((torch.relu(x @ W.T @ W + b) - x) ** 2 * torch.tensor([1, 2.0])).sum(1)
    noise = float(losses.std()) / math.sqrt(len(x))
    assert float(two_feature_expected_loss(W, b, 0.3, 2.0)) == pytest.approx(float(losses.mean()), abs=4 * noise)


def test_the_error_of_the_quadrature_falls_with_the_square_of_the_nodes():
    W, b = model(1, -1, 0, 0)
    errors = [float(two_feature_expected_loss(W, b, 0.5, 1.0, nodes)) / (0.25 / 3) - 1 for nodes in (8, 64)]
    assert errors == pytest.approx([0.0114, 0.0002], abs=5e-5)


def test_instances_may_have_their_own_probability_and_importance():
    W, b = torch.randn(3, 4, 1, 2), torch.randn(3, 4, 2)
    p, r = torch.rand(3, 1), torch.rand(4) + 0.5
    together = two_feature_expected_loss(W, b, p, r, 8)
    alone = two_feature_expected_loss(W[2, 1], b[2, 1], float(p[2]), float(r[1]), 8)
    assert together.shape == (3, 4)
    torch.testing.assert_close(together[2, 1], alone)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [((1, 0), 0), ((-1, 0.2), 0), ((0, 1), 1), ((1, -1), 2), ((-0.5, 0.9), 2), ((0.7, 0.7), -1), ((0.1, -0.1), -1)],
)
def test_the_phase_of_a_model_is_read_off_its_weights(weights, expected):
    W = torch.tensor([weights], dtype=torch.float64)
    assert int(phase_of(W)) == expected
    assert int(phase_of(-W)) == expected


def test_the_threshold_counts_a_length():
    W = torch.tensor([[[1, -0.29]], [[1, -0.31]]])
    assert phase_of(W).tolist() == [0, 2]
    assert phase_of(W, threshold=0.2).tolist() == [2, 2]


def test_the_free_optimum_is_no_worse_than_the_candidates_and_returns_its_own_loss():
    p, r = torch.tensor([[0.1], [0.5], [1.0]]).double(), torch.tensor([0.3, 1.0, 4.0]).double()
    W, b, loss = free_optimum(p, r, steps=60)
    assert (W.shape, b.shape, loss.shape) == ((3, 3, 1, 2), (3, 3, 2), (3, 3))
    torch.testing.assert_close(two_feature_expected_loss(W, b, p, r, 8), loss)
    for i, j in ((0, 0), (0, 2), (1, 1), (2, 1)):
        dropped = float(p[i]) / 2
        candidates = [(1, 0, 0, dropped), (0, 1, dropped, 0), (1, -1, 0, 0)]
        costs = [float(two_feature_expected_loss(*model(*c), float(p[i]), float(r[j]), 8)) for c in candidates]
        assert float(loss[i, j]) <= min(costs) + 1e-12


def test_the_free_pair_at_one_half_shrinks_grows_biases_and_saves_a_twelfth():
    W, b, loss = free_optimum(0.5, 1.0, nodes=64)
    assert W.abs().flatten().tolist() == pytest.approx([0.969, 0.969], abs=1e-3)
    assert b.tolist() == pytest.approx([0.0978, 0.0978], abs=1e-3)
    assert float(loss) == pytest.approx(slow_loss(*W.flatten().tolist(), *b.tolist(), 0.5, 1.0), rel=3e-4)
    assert float(loss) == pytest.approx(0.0763, abs=5e-5)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_at_equal_importance_a_small_second_arrow_always_pays(p):
    small = 0.005
    W, b = model(1, -small, small * p / 2, (1 + small) * p / 2)
    saved = float(two_feature_losses(p, 1)[0] - two_feature_expected_loss(W, b, p, 1.0, nodes=256)) / small**2
    deleted = quad(lambda x: p * (x - p / 2) ** 2, p / 2, 1)[0]  # the noise that the shut ReLU does not pass
    assert saved == pytest.approx((1 - p) * deleted, rel=0.02)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5])
def test_without_a_bias_a_small_second_arrow_pays_above_a_curve_of_its_own(p):
    curve = 4 * p / (4 - 3 * p)
    assert curve > 2 * p / (4 - 5 * p)
    W, b = model(1, -0.005, 0, 1.005 * p / 2)
    for factor, pays in ((0.97, False), (1.03, True)):
        loss = float(two_feature_expected_loss(W, b, p, factor * curve, nodes=256))
        assert (loss < float(two_feature_losses(p, factor * curve)[0])) is pays


def test_no_small_step_from_the_free_optimum_leads_down():
    W, b, loss = free_optimum(0.4, 0.7, nodes=16, steps=600)
    nudges = 0.02 * torch.cat([torch.eye(4), -torch.eye(4)]).double()
    around = two_feature_expected_loss(W + nudges[:, None, :2], b + nudges[:, 2:], 0.4, 0.7, 16)
    assert bool((around > loss).all())


@pytest.mark.parametrize("p", [0.0, -0.1, 1.1])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match=r"feature_probability must lie in \(0, 1\], got"):
        two_feature_losses(p, 1.0)


@pytest.mark.parametrize("r", [0.0, -1.0])
def test_an_importance_that_is_not_positive_is_refused(r):
    with pytest.raises(ValueError, match="relative_importance must be positive, got"):
        boundary(r)


def test_a_design_needs_a_node():
    with pytest.raises(ValueError, match="nodes must be at least 1, got 0"):
        two_feature_design(0)

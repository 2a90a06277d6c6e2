import itertools
import math

import pytest
import torch

from superposition.features import moments
from superposition.importance_sampling import drawn_probability, importance_weights, weighted_sample


def test_drawn_probability_puts_enough_features_on():
    p = torch.tensor([1.0, 0.3, 0.05, 0.001])
    assert drawn_probability(p, 20).tolist() == pytest.approx([1, 0.3, 0.05, 0.05])
    assert torch.equal(drawn_probability(p, 20, min_active=0), p)
    assert drawn_probability(p, 1).tolist() == pytest.approx([1, 0.5, 0.5, 0.5])
    with pytest.raises(ValueError, match="min_active must not be negative, got -1"):
        drawn_probability(p, 20, min_active=-1)


@pytest.mark.parametrize(("p", "q", "n_features"), [(0.001, 0.05, 6), (0.2, 0.3, 4), (0.4, 0.4, 3), (1.0, 1.0, 3)])
def test_weights_turn_the_law_of_q_into_that_of_p(p, q, n_features):
    for pattern in itertools.product([0, 1], repeat=n_features):
        k = sum(pattern)
        under_p, under_q = (math.prod(c if on else 1 - c for on in pattern) for c in (p, q))
        if under_q:
            weight = importance_weights(torch.tensor(k), p, q, n_features)
            assert float(weight) * under_q == pytest.approx(under_p, rel=1e-5, abs=1e-12)


def test_where_nothing_is_changed_weights_are_exactly_one():
    assert torch.equal(importance_weights(torch.arange(5), 0.3, 0.3, 4), torch.ones(5))


@pytest.mark.parametrize(("p", "n_features"), [(0.001, 20), (0.01, 8), (0.3, 5), (1.0, 2)])
def test_weighted_means_are_means_under_p(p, n_features):
    size = 200_000
    x, weight = weighted_sample(size, n_features, p, generator=torch.Generator().manual_seed(n_features))
    mean, second, _ = moments(p)
    for values, expected in ((torch.ones(size), 1.0), (x.mean(-1), float(mean)), (x.square().mean(-1), float(second))):
        terms = values.double() * weight.double() * size
        assert abs(float(terms.mean()) - expected) <= 4 * float(terms.std()) / math.sqrt(size) + 1e-6


def test_rare_features_are_met():
    x, _ = weighted_sample(1000, 20, 0.001, generator=torch.Generator().manual_seed(0))
    assert float((x > 0).sum(-1).float().mean()) == pytest.approx(1, abs=0.15)
    plain, weight = weighted_sample(1000, 20, 0.001, min_active=0, generator=torch.Generator().manual_seed(0))
    assert float((plain > 0).sum(-1).float().mean()) < 0.05
    assert torch.equal(weight, torch.full((1000,), 1 / 1000))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: importance_weights(torch.tensor(1), 0.3, 0.2, 4), "drawn must be p itself or lie between p and 1"),
        (lambda: importance_weights(torch.tensor(1), 0.3, 1.0, 4), "drawn must be p itself or lie between p and 1"),
        (lambda: importance_weights(torch.tensor(1), 0.0, 0.5, 4), r"feature_probability must lie in \(0, 1\]"),
        (lambda: weighted_sample(0, 4, 0.5, generator=torch.Generator()), "must be at least 1, got 0 and 4"),
        (lambda: weighted_sample(3, 4, 1.5, generator=torch.Generator()), r"feature_probability must lie in \(0, 1\]"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

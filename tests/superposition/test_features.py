import inspect

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from superposition.features import (
    anticorrelated,
    correlated,
    geometric_importance,
    linear_importance,
    moments,
    sample,
    sparse_features,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_anchor_values():
    uniform = torch.tensor([0.0, 0.05, 0.1, 0.5, 0.999], dtype=torch.float64)
    expected = torch.tensor([1.0, 0.5, 0.0, 0.0, 0.0], dtype=torch.float64)
    torch.testing.assert_close(sparse_features(uniform, 0.1), expected)
    torch.testing.assert_close(sparse_features(uniform, 1.0), 1 - uniform)


@pytest.mark.parametrize("p", [0.03, 0.3, 0.8])
def test_same_law_as_a_mask_times_a_second_uniform(p):
    n = 20_000
    mine = sparse_features(torch.rand(n, generator=generator(1), dtype=torch.float64), p).numpy()
    rng = generator(2)
    mask = torch.rand(n, generator=rng) < p
    two_step = (mask * torch.rand(n, generator=rng, dtype=torch.float64)).numpy()
    share_on = (mine > 0).mean()
    assert abs(share_on - p) < 4 * (p * (1 - p) / n) ** 0.5
    # the laws given that the feature is on; an exact zero is an atom, which the test is not made for
    assert stats.ks_2samp(mine[mine > 0], two_step[two_step > 0]).pvalue > 1e-3
    assert stats.kstest(mine[mine > 0], "uniform").pvalue > 1e-3


@pytest.mark.parametrize("p", [0.05, 0.5, 1.0])
def test_moments_are_the_integrals_over_the_uniform(p):
    mean, second, variance = (float(value) for value in moments(p))

    def power(k):
        return integrate.quad(lambda u: max(0.0, 1 - u / p) ** k, 0, 1, points=[p] if p < 1 else None)[0]

    assert mean == pytest.approx(power(1), abs=1e-12)
    assert second == pytest.approx(power(2), abs=1e-12)
    assert variance == pytest.approx(power(2) - power(1) ** 2, abs=1e-12)


def test_sample_moments_lie_within_four_sigma():
    p, n = 0.2, 50_000
    x = sample(n, 4, p, generator=generator(3), dtype=torch.float64)
    mean, second, variance = (float(value) for value in moments(p))
    total = x.numel()
    assert x.shape == (1, n, 4)
    assert abs(float(x.mean()) - mean) < 4 * (variance / total) ** 0.5
    assert abs(float((x**2).mean()) - second) < 4 * float((x**2).std()) / total**0.5


def test_features_are_independent():
    x = sample(50_000, 5, 0.3, generator=generator(4), dtype=torch.float64)[0]
    correlation = torch.corrcoef(x.T) - torch.eye(5, dtype=torch.float64)
    assert float(correlation.abs().max()) < 4.5 / 50_000**0.5


def test_one_probability_an_instance():
    p = torch.tensor([0.1, 0.9])
    x = sample(20_000, 3, p[:, None, None], n_instances=2, generator=generator(5))
    share_on = (x > 0).double().mean(dim=(1, 2))
    torch.testing.assert_close(share_on, p.double(), atol=4 * (0.25 / 60_000) ** 0.5, rtol=0)


@given(p=st.floats(0.01, 1), scale=st.floats(0, 0.99))
def test_values_stay_in_the_unit_interval_and_fall_with_u(p, scale):
    uniform = torch.tensor([scale * 0.5, scale], dtype=torch.float64)
    x = sparse_features(uniform, p)
    assert ((x >= 0) & (x <= 1)).all()
    assert x[0] >= x[1]


@pytest.mark.parametrize("p", [0.0, -0.1, 1.5, float("nan")])
@pytest.mark.parametrize("function", [lambda p: sparse_features(torch.rand(3), p), moments])
def test_probability_outside_the_unit_interval_is_named(function, p):
    with pytest.raises(ValueError, match=r"feature_probability must lie in \(0, 1\], got"):
        function(p)


@pytest.mark.parametrize("bad", ["n_samples", "n_features", "n_instances"])
def test_empty_sizes_are_named(bad):
    sizes = {"n_samples": 2, "n_features": 2, "n_instances": 2} | {bad: 0}
    with pytest.raises(ValueError, match=f"{bad} must be at least 1, got 0"):
        sample(**sizes, feature_probability=0.5, generator=generator())


def test_same_seed_same_sample_and_another_seed_another():
    draws = [sample(4, 3, 0.5, generator=generator(seed)) for seed in (7, 7, 8)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_importances():
    weight = linear_importance(40)
    assert float(weight[0]) == 1
    assert float(weight.mean()) == pytest.approx(0.55, abs=1e-6)
    torch.testing.assert_close(weight.diff(), torch.full((39,), -0.9 / 39), atol=1e-6, rtol=0)
    torch.testing.assert_close(geometric_importance(4, 0.7), torch.tensor([1, 0.7, 0.49, 0.343]))
    assert torch.equal(geometric_importance(3, 1.0), torch.ones(3))


@pytest.mark.parametrize("ratio", [0.0, 1.1, -0.5])
def test_a_ratio_outside_the_unit_interval_is_refused(ratio):
    with pytest.raises(ValueError, match=r"ratio must lie in \(0, 1\]"):
        geometric_importance(3, ratio)


def test_negative_importances_are_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        linear_importance(3, last=-1.0)


def test_random_functions_take_a_generator_by_keyword_only():
    parameter = inspect.signature(sample).parameters["generator"]
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY


def test_correlated_partners_are_on_together_with_values_of_their_own():
    p, n = 0.3, 40_000
    x = correlated(n, 4, p, generator=generator(5))[0]
    on = x > 0
    assert bool((on[:, 0] == on[:, 1]).all())
    assert bool((on[:, 2] == on[:, 3]).all())
    assert abs(float(on[:, 0].double().mean()) - p) < 4 * (p * (1 - p) / n) ** 0.5
    both = float((on[:, 0] & on[:, 2]).double().mean())
    assert abs(both - p**2) < 4 * (p**2 / n) ** 0.5  # the pairs are independent
    values = x[on[:, 0], :2]
    assert abs(float(torch.corrcoef(values.T)[0, 1])) < 4 / len(values) ** 0.5
    assert stats.kstest(values[:, 0].numpy(), "uniform").pvalue > 1e-3


def test_anticorrelated_partners_take_turns():
    p, n = 0.4, 40_000
    x = anticorrelated(n, 4, p, generator=generator(6))[0]
    on = x > 0
    assert not bool((on[:, 0] & on[:, 1]).any())
    either = on[:, 0] | on[:, 1]
    assert abs(float(either.double().mean()) - p) < 4 * (p * (1 - p) / n) ** 0.5
    assert abs(float(on[either, 0].double().mean()) - 0.5) < 4 * (0.25 / (p * n)) ** 0.5


@pytest.mark.parametrize("draw", [correlated, anticorrelated])
def test_pairs_need_an_even_number_and_take_one_probability_an_instance(draw):
    with pytest.raises(ValueError, match="n_features must be even to make pairs, got 3"):
        draw(10, 3, 0.5, generator=generator())
    levels = torch.tensor([0.1, 0.9])[:, None, None]
    x = draw(2000, 2, levels, n_instances=2, generator=generator())
    assert x.shape == (2, 2000, 2)
    share = (x > 0).any(-1).float().mean(-1)
    assert 0.05 < float(share[0]) < 0.15
    assert 0.85 < float(share[1]) < 0.95

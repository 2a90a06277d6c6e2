import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from superposition.features import sample
from superposition.frames import half_cube, polygon
from superposition.polytopes import icosahedron, simplex
from superposition.thomson import (
    best_polygon,
    coulomb,
    first_order_loss,
    largest_cosine,
    leak,
    minimise_energy,
    own_error,
    pair_energy,
)


def number(value):
    return torch.tensor(value, dtype=torch.float64)


@given(overlap=st.floats(-2, 2), bias=st.floats(-2, 0))
def test_leak_is_the_integral(overlap, bias):
    kink = [-bias / overlap] if overlap > -bias > 0 else None
    expected = quad(lambda x: max(0, overlap * x + bias) ** 2, 0, 1, points=kink)[0]
    assert float(leak(number(overlap), bias)) == pytest.approx(expected, abs=1e-9)


@given(size=st.floats(0, 4), bias=st.floats(-3, 0))
def test_own_error_is_the_integral(size, bias):
    kink = [-bias / size] if size > -bias > 0 else None
    expected = quad(lambda x: (x - max(0, size * x + bias)) ** 2, 0, 1, points=kink)[0]
    assert float(own_error(number(size), bias)) == pytest.approx(expected, abs=1e-8)


def test_a_positive_bias_is_refused():
    with pytest.raises(ValueError, match=r"bias must not be positive, got 0\.1"):
        leak(number([1.0, 0.0]), number([0.1, -0.1]))


def test_first_order_loss_is_the_limit_of_the_measured_loss():
    """Turn on exactly one feature at a time, by hand, through the model itself."""
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    b = -torch.rand(6, generator=generator, dtype=torch.float64)
    values = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000
    total = 0.0
    for i in range(6):
        x = torch.zeros(len(values), 6, dtype=torch.float64)
        x[:, i] = values
        total += float((x - torch.relu(x @ W.T @ W + b)).square().sum(1).mean())
    assert float(first_order_loss(W, b)) == pytest.approx(total, rel=1e-6)


def test_rare_samples_approach_it():
    W, b = math.sqrt(1.37) * polygon(5), torch.full((5,), -0.282, dtype=torch.float64)
    p = 0.002
    x = sample(2_000_000, 5, p, dtype=torch.float64, generator=torch.Generator().manual_seed(1))[0]
    each = (x - torch.relu(x @ W.T @ W + b)).square().sum(1) / p
    error = float(each.std()) / math.sqrt(len(each))
    assert abs(float(each.mean()) - float(first_order_loss(W, b))) < 4 * error + 5 * p


def test_dead_features_and_free_figures():
    nothing = torch.zeros(2, 6, dtype=torch.float64)
    assert float(first_order_loss(nothing, nothing[0])) == pytest.approx(2)
    for figure in (polygon(3), polygon(4), simplex(3)):
        b = torch.zeros(figure.shape[1], dtype=torch.float64)
        assert float(first_order_loss(figure, b)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("k", "loss"), [(3, 0), (4, 0), (5, 0.015825), (6, 0.048192), (7, 0.083270), (8, 0.115546)])
def test_best_polygon_is_the_least_on_a_grid(k, loss):
    cost, size, bias = best_polygon(k)
    assert cost == pytest.approx(loss, abs=2e-6)
    grid = [
        float(first_order_loss(math.sqrt(a) * polygon(k), torch.full((k,), -gate, dtype=torch.float64))) / k
        for a in torch.linspace(0.6, 2.6, 41).tolist()
        for gate in torch.linspace(0, 1.6, 41).tolist()
    ]
    assert cost <= min(grid) + 1e-9
    assert min(grid) - cost < 3e-3
    assert bias <= 0 < size


@pytest.mark.parametrize(("figure", "energy"), [(simplex(3), 3.674234614), (icosahedron(), 49.165253058)])
def test_energies_of_known_solutions(figure, energy):
    assert float(pair_energy(2 * figure, coulomb)) == pytest.approx(energy, abs=1e-8)


@pytest.mark.parametrize(("n", "energy"), [(5, 6.474691495), (6, 9.985281374), (8, 19.675287861)])
def test_the_search_finds_thomsons_known_energies(n, energy):
    found = minimise_energy(3, n, coulomb, n_restarts=4, steps=400, generator=torch.Generator().manual_seed(0))
    assert float(pair_energy(found, coulomb)) == pytest.approx(energy, rel=1e-6)


def test_largest_cosine_keeps_its_sign():
    assert float(largest_cosine(simplex(4))) == pytest.approx(-0.25)
    assert float(largest_cosine(3 * half_cube(5))) == pytest.approx(0.2)
    assert largest_cosine(torch.stack([polygon(5), 2 * polygon(5)])).tolist() == pytest.approx(
        [math.cos(2 * math.pi / 5)] * 2
    )

import math

import pytest
import torch

from superposition.expected_loss import first_order_loss
from superposition.frames import half_cube, polygon
from superposition.polytopes import icosahedron, simplex
from superposition.thomson import (
    best_polygon,
    coulomb,
    largest_cosine,
    minimise_energy,
    pair_energy,
)


def number(value):
    return torch.tensor(value, dtype=torch.float64)


@pytest.mark.parametrize(("k", "loss"), [(3, 0), (4, 0), (5, 0.015825), (6, 0.048192), (7, 0.083270), (8, 0.115546)])
def test_best_polygon_is_the_least_on_a_grid(k, loss):
    cost, size, bias = best_polygon(k)
    assert cost == pytest.approx(loss, abs=2e-6)
    grid = [
        float(first_order_loss(math.sqrt(a) * polygon(k), torch.full((k,), -gate, dtype=torch.float64), torch.ones(k)))
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

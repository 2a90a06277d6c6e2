import itertools
import math

import pytest
import torch

from superposition.frames import gram, half_cube, polygon
from superposition.geometry import dimensionality, is_tight
from superposition.polytopes import (
    CATALOGUE,
    align,
    cube,
    direct_sum,
    e8_roots,
    icosahedron,
    misfit,
    recognise,
    simplex,
    square_antiprism,
    vertex_figure,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def turned(W, seed):
    """Rotate, reorder and stretch: what a training may do to a figure."""
    rotation = torch.linalg.qr(torch.randn(len(W), len(W), generator=generator(seed), dtype=torch.float64)).Q
    order = torch.randperm(W.shape[1], generator=generator(seed + 1))
    return 1.3 * rotation @ W[:, order]


@pytest.mark.parametrize("figure", CATALOGUE.values(), ids=CATALOGUE)
def test_every_figure_is_a_tight_frame_of_unit_vectors(figure):
    d, n = figure.shape
    torch.testing.assert_close(figure.norm(dim=0), torch.ones(n, dtype=torch.float64))
    assert is_tight(figure)
    assert dimensionality(figure).tolist() == pytest.approx([d / n] * n, abs=1e-12)


@pytest.mark.parametrize("figure", CATALOGUE.values(), ids=CATALOGUE)
def test_every_corner_sees_the_same(figure):
    rows = gram(figure).sort(dim=1).values
    torch.testing.assert_close(rows, rows[:1].expand_as(rows), rtol=0, atol=1e-12)


@pytest.mark.parametrize("d", range(1, 6))
def test_a_simplex_has_one_cosine(d):
    cosines = gram(simplex(d))[~torch.eye(d + 1, dtype=torch.bool)]
    assert cosines.tolist() == pytest.approx([-1 / d] * (d * (d + 1)), abs=1e-12)


def counted(W):
    """The cosines that the first corner sees, in sixtieths, with how often."""
    values = (gram(W)[0] * 60).round().int().tolist()
    return {value: values.count(value) for value in sorted(set(values))}


def test_solids_have_the_cosines_of_the_textbook():
    assert counted(cube(3)) == {-60: 1, -20: 3, 20: 3, 60: 1}
    cosines = gram(icosahedron())[0].sort().values
    fifth = 1 / math.sqrt(5)
    assert cosines.tolist() == pytest.approx([-1] + [-fifth] * 5 + [fifth] * 5 + [1], abs=1e-12)
    assert float(misfit(square_antiprism(0), polygon(8))) == pytest.approx(0, abs=1e-12)


def test_from_eight_dimensions_down_by_vertex_figures():
    roots = e8_roots()
    assert counted(roots) == {-60: 1, -30: 56, 0: 126, 30: 56, 60: 1}
    seven = vertex_figure(roots)
    assert counted(seven) == {-60: 1, -20: 27, 20: 27, 60: 1}
    six = vertex_figure(seven)
    assert counted(six) == {-30: 10, 15: 16, 60: 1}
    five = vertex_figure(six)
    assert misfit(five, half_cube(5)) < 1e-9
    assert counted(vertex_figure(five)) == {-40: 3, 10: 6, 60: 1}


def test_ten_in_four_dimensions_are_the_middles_of_the_edges_of_a_simplex():
    middles = torch.stack([simplex(4)[:, list(pair)].sum(1) for pair in itertools.combinations(range(5), 2)], dim=1)
    assert misfit(middles, CATALOGUE["ten in 4-D"]) < 1e-12


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("noise", [0, 0.01, 0.03])
def test_a_figure_is_recognised_turned_reordered_and_noisy(name, noise):
    for seed in range(5):
        W = turned(CATALOGUE[name], seed)
        W = W + noise * torch.randn(W.shape, generator=generator(seed + 2), dtype=torch.float64)
        assert recognise(W) == {name: 1}


def test_unions_fall_apart_into_their_parts():
    W = turned(direct_sum(polygon(5), simplex(1), simplex(1), half_cube(5)), 3)
    assert recognise(W) == {"pentagon": 1, "digon": 2, "half-cube": 1}
    octahedron = direct_sum(simplex(1), simplex(1), simplex(1))
    assert recognise(octahedron) == {"digon": 3}
    assert recognise(polygon(4)) == {"digon": 2}
    assert recognise(torch.eye(3)) == {"alone": 3}


def test_a_figure_of_no_name_is_called_by_its_size():
    random = torch.randn(3, 6, generator=generator(4), dtype=torch.float64)
    assert recognise(random / random.norm(dim=0)) == {"6 in 3-D": 1}
    assert recognise(0.1 * polygon(5)) == {}


def test_random_figures_are_hardly_ever_recognised():
    found = 0
    for seed in range(200):
        columns = torch.randn(3, 8, generator=generator(seed), dtype=torch.float64)
        found += bool(set(recognise(columns / columns.norm(dim=0))) & {"cube", "square antiprism", "octagon"})
    assert found == 0


@pytest.mark.parametrize("figure", [simplex(3), square_antiprism(), direct_sum(polygon(5), simplex(1))])
def test_align_undoes_a_rotation_and_a_reordering(figure):
    found, residual = align(turned(figure, 5), figure)
    assert residual < 1e-7
    torch.testing.assert_close(found, 1.3 * figure, rtol=0, atol=1e-9)


def test_align_refuses_another_number_of_corners():
    with pytest.raises(ValueError, match=r"one shape, got \(3, 4\) and \(3, 8\)"):
        align(simplex(3), cube(3))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: simplex(0), "d_hidden must be at least 1, got 0"),
        (lambda: cube(0), "d_hidden must be at least 1, got 0"),
        (lambda: square_antiprism(1.0), r"height must lie in \[0, 1\), got 1.0"),
    ],
)
def test_bad_input_gets_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

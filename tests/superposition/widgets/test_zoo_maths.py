"""The maths of zoo.js against the package, torch and scipy, on shared random cases; its figures and weights too."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from superposition import data
from superposition.frames import gram, half_cube, polygon
from superposition.geometry import dimensionality
from superposition.plots import shapes as drawn
from superposition.polytopes import cube, direct_sum, icosahedron, recognise, square_antiprism
from superposition.widgets.zoo import NAMES

N_CASES = 120
POLES = torch.tensor([[1.0, -1.0]], dtype=torch.float64)
FIGURES = {
    "tetrahedron": half_cube(3),
    "triangular bipyramid": direct_sum(polygon(3), POLES),
    "octahedron": direct_sum(POLES, POLES, POLES),
    "pentagonal bipyramid": direct_sum(polygon(5), POLES),
    "square antiprism": square_antiprism(),
    "cube": cube(3),
    "icosahedron": icosahedron(),
}
SHAPES = [{"shape": name} for name in NAMES]


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = torch.Generator().manual_seed(7)

    def one(case: int) -> dict:
        turn, tilt = (360 * torch.rand(2, generator=generator) - 180).tolist()
        V, W = (torch.randn(2 + case % 9, 3, generator=generator, dtype=torch.float64).tolist() for _ in range(2))
        return {"V": V, "W": W, "turn": turn, "tilt": tilt / 2}

    return [one(case) for case in range(N_CASES)]


def columns(corners: list) -> torch.Tensor:
    return torch.tensor(corners, dtype=torch.float64).T


def pair_cosines(corners: list) -> np.ndarray:
    unit = torch.nn.functional.normalize(columns(corners), dim=0)
    return np.sort(np.asarray(gram(unit))[np.triu_indices(len(corners), 1)])


def test_overlaps_and_shares_are_the_packages(zoo, cases) -> None:
    for case, table, found in zip(cases, zoo("gram", cases), zoo("dimensionality", cases), strict=True):
        torch.testing.assert_close(torch.tensor(table, dtype=torch.float64), gram(columns(case["W"])))
        expected = dimensionality(columns(case["W"])).tolist()
        assert found == pytest.approx(expected, rel=1e-10)
        assert sum(found) <= 3 + 1e-9


def test_a_dead_feature_has_no_share(zoo) -> None:
    assert zoo("dimensionality", [{"W": [[0, 0, 0], [1, 0, 0], [-1, 0, 0]]}]) == [[0, 0.5, 0.5]]


def test_misfit_is_the_largest_difference_of_sorted_cosines(zoo, cases) -> None:
    for case, found in zip(cases, zoo("misfit", cases), strict=True):
        expected = np.abs(pair_cosines(case["V"]) - pair_cosines(case["W"])).max()
        assert found == pytest.approx(expected, abs=1e-12)


def test_the_view_is_scipys_rotation_and_the_static_figures(zoo, cases) -> None:
    for case, found in zip(cases, zoo("view", cases), strict=True):
        turned = Rotation.from_euler("z", case["turn"], degrees=True).apply(case["W"])
        x, y, z = Rotation.from_euler("x", case["tilt"], degrees=True).apply(turned).T
        assert np.asarray(found) == pytest.approx(np.stack([x, z, -y], axis=1), abs=1e-12)
        angles = np.deg2rad([case["turn"], case["tilt"]])
        np.testing.assert_allclose(np.asarray(found).T, drawn.view(columns(case["W"]), *angles), atol=1e-12)


def test_edges_are_the_static_figures(zoo, cases) -> None:
    for case, found in zip(cases, zoo("edges", cases), strict=True):
        assert [tuple(pair) for pair in found] == drawn.edges(columns(case["W"]))


TEXTBOOK = {"tetrahedron": 6, "octahedron": 12, "square antiprism": 16, "cube": 12, "icosahedron": 30}


@pytest.mark.parametrize(("name", "edges"), TEXTBOOK.items())
def test_solids_have_the_edges_of_the_textbook(zoo, name: str, edges: int) -> None:
    [corners] = zoo("figure", [{"shape": name}])
    assert len(zoo("edges", [{"W": corners}])[0]) == edges


def test_the_figures_are_the_packages(zoo) -> None:
    for name, corners in zip(NAMES, zoo("figure", SHAPES), strict=True):
        assert len(corners) == FIGURES[name].shape[1]
        assert pair_cosines(corners) == pytest.approx(pair_cosines(FIGURES[name].T.tolist()), abs=1e-12)
        assert np.linalg.norm(corners, axis=1) == pytest.approx(np.ones(len(corners)))


def test_the_trained_columns_are_the_shipped_ones(zoo) -> None:
    """Turned and reordered to three digits: lengths and overlaps are what a rotation keeps."""
    shipped = data.load("shapes")
    for name, corners in zip(NAMES, zoo("trained", SHAPES), strict=True):
        W = shipped[f"space.{len(corners)}.W"].double()
        mine, theirs = (np.sort(gram(each).flatten()) for each in (columns(corners), W))
        assert mine == pytest.approx(theirs, abs=3e-3), name


def test_the_sentence_calls_the_same_what_the_package_recognises(zoo) -> None:
    shipped = data.load("shapes")
    for name, corners, said in zip(NAMES, zoo("trained", SHAPES), zoo("sentence", SHAPES), strict=True):
        W = shipped[f"space.{len(corners)}.W"].double()
        assert ("found the same figure" in said) is (recognise(W) == recognise(FIGURES[name]))
        assert name in said

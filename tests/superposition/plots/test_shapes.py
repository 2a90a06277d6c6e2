import numpy as np
import pytest

from superposition.frames import polygon
from superposition.plots.shapes import (
    draw_blocks,
    draw_budget,
    draw_costs,
    draw_forces,
    draw_paths,
    draw_shares,
    draw_solid,
    edges,
    rarity_ticks,
    view,
)
from superposition.polytopes import cube, icosahedron


def dots(ax):
    return [tuple(point) for line in ax.lines if line.get_marker() == "o" for point in line.get_xydata()]


def test_the_view_keeps_lengths_and_leaves_the_plane_alone():
    corners = icosahedron()
    assert np.linalg.norm(view(corners, 0.3, -0.7), axis=0) == pytest.approx(np.ones(12))
    np.testing.assert_allclose(view(polygon(5))[:2], polygon(5))
    np.testing.assert_allclose(view(corners, 0, 0), np.asarray(corners)[[0, 2, 1]] * [[1], [1], [-1]])


@pytest.mark.parametrize(("figure", "count"), [(polygon(5), 5), (cube(3), 12), (icosahedron(), 30)])
def test_edges_join_neighbours(figure, count):
    assert len(edges(figure)) == count
    assert len(edges(np.asarray(figure) * np.linspace(0.5, 2, figure.shape[1]))) == count


def test_a_solid_shows_every_corner_where_the_view_puts_it(ax):
    draw_solid(ax, cube(3), "cube", "D = 3/8")
    right, up, _ = view(cube(3))
    shown = {(round(x, 9), round(y, 9)) for x, y in dots(ax)}
    assert {(round(x, 9), round(y, 9)) for x, y in zip(right, up, strict=True)} <= shown
    assert (ax.get_title(), ax.texts[0].get_text()) == ("cube", "D = 3/8")


def test_blocks_have_zero_on_paper(ax):
    image = draw_blocks(ax, np.array([[1, -0.5], [-0.5, 1]]), "1/p = 3", "a digon")
    assert (image.norm.vmin, image.norm.vmax) == (-1, 1)
    assert (ax.get_title(loc="left"), ax.get_xlabel()) == ("1/p = 3", "a digon")


def test_shares_are_all_there_near_their_place(ax):
    D = np.array([[[0.5, 0.4], [0.5, 0.3]], [[0.2, 0.1], [0.2, 0.0]]])
    draw_shares(ax, [1, 10], D, {0.5: "1/2"})
    assert sorted(y for _, y in dots(ax)) == pytest.approx(sorted(D.ravel()))
    assert all(min(abs(np.log(x)), abs(np.log(x / 10))) < 0.05 for x, _ in dots(ax))
    assert ax.texts[0].get_text() == "1/2"


def test_the_budget_has_its_line(ax):
    draw_budget(ax, [1, 10], [[2.9, 3.0], [2.8, 3.0]], 3)
    rarity_ticks(ax, [1, 1.5, 10])
    assert sorted(dots(ax)) == [(1, 2.9), (1, 3.0), (10, 2.8), (10, 3.0)]
    assert ax.lines[0].get_ydata()[0] == 3
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "1.5", "10"]


def test_costs_ring_the_trained_corner(ax):
    draw_costs(ax, [4, 5, 6], [0.67, 0.41, 0.29], (5, 0.41), "6 features")
    assert dots(ax) == [(4, 0.67), (5, 0.41), (6, 0.29), (5, 0.41)]
    assert ax.get_ylim()[0] == 0


def test_paths_are_one_a_feature(ax):
    draw_paths(ax, [0, 10], [[0.5, 0.0], [0.4, 0.4]], "p = 0.02", level=0.4)
    assert len(ax.lines) == 3
    np.testing.assert_array_equal(ax.lines[2].get_ydata(), [0.0, 0.4])


def test_forces_end_at_one_and_have_names(ax):
    draw_forces(ax, [-1, 0, 1], {"1/distance": [1, 2, 4], "leak": [0, 0, 3]})
    assert [line.get_ydata()[-1] for line in ax.lines[1:]] == [1, 1]
    assert {"1/distance", "leak"} <= {text.get_text() for text in ax.texts}

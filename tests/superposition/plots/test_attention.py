import matplotlib as mpl
import numpy as np

from superposition.plots import style
from superposition.plots.attention import (
    draw_defects,
    draw_named_curves,
    draw_pattern,
    draw_reading,
    draw_smoother,
    draw_weighted_sum,
)


def test_a_pattern_runs_from_paper_to_violet_and_says_its_weights(ax):
    weights = np.array([[1.0, 0.0], [0.25, 0.75]])
    image = draw_pattern(ax, weights, ["a", "b"], "who looks where")
    np.testing.assert_array_equal(image.get_array(), weights)
    assert (image.norm.vmin, image.norm.vmax) == (0, 1)
    assert [text.get_text() for text in ax.texts] == ["1.00", "0.00", "0.25", "0.75"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b"]


def test_a_large_pattern_is_drawn_without_words(ax):
    draw_pattern(ax, np.eye(30))
    assert not ax.texts
    assert len(ax.get_xticks()) == 0


def test_the_sum_is_the_weighted_mean_and_discs_grow_with_weight(ax):
    values, weights = np.array([[0.0, 0], [4, 0], [0, 4]]), np.array([0.5, 0.25, 0.25])
    draw_weighted_sum(ax, values, weights, ["a", "b", "c"])
    discs = [line for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(discs[-1].get_xydata(), [[1, 1]])
    assert [disc.get_markersize() for disc in discs[:3]] == [11.5, 8.25, 8.25]
    assert {"a", "b", "c"} == {text.get_text() for text in ax.texts}


def test_curves_bear_their_names_and_show_every_seed(ax):
    curves = {"one": [1.0, 2.0], "two": [[3.0, 5.0], [4.0, 4.0]]}
    draw_named_curves(ax, [10, 20], curves, {"one": (1, 5, 0), "two": (0, 5, 0)})
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [4, 4])
    assert ax.lines[1].get_color() == style.INK
    dots = {tuple(point) for line in ax.lines if line.get_marker() == "o" for point in line.get_xydata()}
    assert dots == {(10, 3), (10, 5), (20, 4)}
    assert [text.get_text() for text in ax.texts] == ["one", "two"]
    assert [text.xy for text in ax.texts] == [(20, 2), (10, 4)]


def test_curves_of_one_height_stand_side_by_side(ax):
    curves = {"one": [[1.0]], "two": [[1.0]], "three": [[1.0]]}
    draw_named_curves(ax, [10], curves, dict.fromkeys(curves, (0, 0, 0)), dodge=1.1)
    dots = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(dots, [10 / 1.1, 10, 11])


def test_a_defect_of_zero_stands_on_the_floor(ax):
    draw_defects(ax, {"whole head": [0.5, 0.7], "fixed": [0.0]})
    dots = [line.get_xydata() for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(dots[0], [[1e-15, 0]])
    np.testing.assert_allclose(dots[1], [[0.5, 1], [0.7, 1]])
    assert ax.get_xscale() == "log"


def test_a_reading_tells_ghosts_from_what_is_there(ax):
    draw_reading(ax, [0.6, 0.0], [0.65, -0.2], "mixed")
    assert [bar.get_height() for bar in ax.patches] == [0.65, -0.2]
    assert [mpl.colors.to_hex(bar.get_facecolor()) for bar in ax.patches] == [style.INK.lower(), style.PLUS.lower()]
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [[1, 0.6]])


def test_a_smoother_has_its_points_and_its_curve(ax):
    draw_smoother(ax, [0, 1], [2, 3], [0, 0.5, 1], [2, 2.5, 3], "h = 1")
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[0, 2], [1, 3]])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [2, 2.5, 3])

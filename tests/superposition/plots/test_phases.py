import numpy as np
import pytest
from matplotlib.colors import to_rgb

from superposition.frames import polygon
from superposition.plots.phases import (
    PHASE_COLORS,
    PHASE_NAMES,
    draw_border,
    draw_candidates,
    draw_counts,
    draw_found,
    draw_growth,
    draw_jumps,
    draw_lines,
    draw_one_sided,
    draw_phases,
    draw_place,
    draw_plane,
    draw_plateaus,
    draw_use,
    mark,
    plain_heights,
    with_gap,
)


def lines(ax):
    return [np.asarray(line.get_xydata()) for line in ax.lines]


def dots(ax):
    return [tuple(point) for line in ax.lines if line.get_marker() == "o" for point in line.get_xydata()]


def texts(ax):
    return [text.get_text().strip() for text in ax.texts]


def test_a_mark_stands_at_its_place(ax):
    mark(ax, 0.4, "4/7")
    assert ax.lines[0].get_xdata()[0] == 0.4
    assert texts(ax) == ["4/7"]


@pytest.mark.parametrize(
    ("weights", "tips", "names"), [((1, 0), [1], ["x_1"]), ((0, 1), [1], ["x_2"]), ((1, -1), [1, -1], ["x_1", "x_2"])]
)
def test_a_line_is_used_by_the_features_that_have_weight(ax, weights, tips, names):
    draw_use(ax, weights, "one way")
    arrows = [text for text in ax.texts if text.get_text() == ""]
    assert [text.xy for text in arrows] == [(tip, 0) for tip in tips]
    assert [text.strip("$") for text in texts(ax) if text] == names
    assert all(text.get_position()[0] * tip > 0 for text, tip in zip(ax.texts[1::2], tips, strict=True))
    assert ax.get_title() == "one way"


def test_each_line_is_drawn_and_named_beside_itself(ax):
    x = [0.0, 1.0, 2.0]
    draw_lines(ax, x, {"one": [0, 1, 2], "two": [2, 2, 2]}, {"one": (1.5, 3, 0), "two": (0.5, -3, 4)}, ["C0", "C1"])
    np.testing.assert_allclose(lines(ax)[0], [[0, 0], [1, 1], [2, 2]])
    assert texts(ax) == ["one", "two"]
    assert ax.texts[0].xy == (1.5, 1.5)
    assert [text.get_horizontalalignment() for text in ax.texts] == ["left", "right"]


def test_a_gap_breaks_every_row_where_the_jump_is():
    places, rows = with_gap([1, 2, 3], [[1, 10], [2, 20], [3, 30]], 2.5)
    assert places.tolist() == [1, 2, 2.5, 3]
    assert np.isnan(rows[2]).all()
    assert rows[[0, 1, 3]].tolist() == [[1, 10], [2, 20], [3, 30]]


def test_candidates_have_the_band_at_the_cheapest(ax):
    p, losses = np.array([0.2, 0.8]), np.array([[3, 2, 1], [1, 2, 3]])
    draw_candidates(ax, p, losses, "r = 1", {2: ("pair", 0.5, 4, 0)})
    np.testing.assert_allclose(lines(ax)[0], [[0.2, 1], [0.8, 1]])
    for index in range(3):
        np.testing.assert_allclose(lines(ax)[1 + index][:, 1], losses[:, index])
        assert ax.lines[1 + index].get_color() == PHASE_COLORS[index]
    assert "pair" in texts(ax)


def test_the_map_is_coloured_by_phase_with_rare_to_the_right(ax):
    phase = np.array([[0, 1], [2, 2], [2, 2]])
    draw_phases(ax, [1, 0.1, 0.01], [0.3, 3], phase)
    mesh = ax.collections[0]
    assert mesh.get_array().reshape(2, 3).tolist() == phase.T.tolist()
    assert len({tuple(mesh.cmap(mesh.norm(k))) for k in range(3)}) == 3
    assert ax.get_xlim()[0] > ax.get_xlim()[1]
    assert texts(ax) == list(PHASE_NAMES)


def test_border_and_place_are_where_they_are_told(ax):
    draw_border(ax, [0.5, 0.3], [1, 3])
    draw_place(ax, 4 / 7, 1, "4/7")
    np.testing.assert_allclose(lines(ax)[0], [[0.5, 1], [0.3, 3]])
    np.testing.assert_allclose(lines(ax)[1], [[4 / 7, 1]])
    assert texts(ax) == ["4/7"]


def test_models_that_contradict_the_map_have_a_ring(ax):
    found, expected = np.array([[0, 2], [2, 2]]), np.array([[0, 1], [2, 2]])
    draw_found(ax, [0.5, 0.1], [1, 3], found, expected)
    ringed = [tuple(point) for line in ax.lines if line.get_markeredgewidth() > 0 for point in line.get_xydata()]
    assert ringed == [(0.5, 3)]
    assert len(dots(ax)) == 4
    [line] = [line for line in ax.lines if (0.5, 1) in map(tuple, line.get_xydata())]
    assert to_rgb(line.get_color()) == to_rgb(PHASE_COLORS[0])


def test_only_what_is_heard_is_named(ax):
    x = np.linspace(0, 1, 5)
    heard = np.maximum(0, np.outer([-1, -0.3, 0.4], x))
    draw_one_sided(ax, x, heard, (-1, -0.3, 0.4), "bias 0")
    assert texts(ax) == ["overlap 0.4"]
    drawn = [line for line in lines(ax) if len(line) == 5]
    np.testing.assert_allclose([line[:, 1] for line in drawn], heard)


def test_counts_show_every_start_near_its_place_and_the_best_as_a_line(ax):
    counts = np.array([[3, 4], [5, 5]])
    draw_counts(ax, [2, 20], counts, [4, 6])
    assert sorted(y for _, y in dots(ax)) == [3, 4, 5, 5]
    assert all(min(abs(np.log(x / 2)), abs(np.log(x / 20))) < 0.1 for x, _ in dots(ax))
    np.testing.assert_allclose(lines(ax)[0], [[2, 4], [20, 6]])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2", "20"]


def test_a_plane_has_an_arrow_for_each_feature_that_is_kept(ax):
    W = np.concatenate([np.asarray(polygon(5)), [[0.01], [0.02]]], axis=1)
    draw_plane(ax, W, "p = 0.05")
    assert (
        len(ax.patches) + sum(hasattr(text, "arrow_patch") and text.arrow_patch is not None for text in ax.texts) == 5
    )
    assert ax.get_title() == "p = 0.05"


def test_plateaus_have_their_levels(ax):
    draw_plateaus(ax, [1, 10], [[1, 0.9], [0.4, 0.3]], {0.5: "digons"})
    assert sorted(y for _, y in dots(ax)) == [0.3, 0.4, 0.9, 1]
    assert texts(ax) == ["digons"]


def test_jumps_are_drawn_over_their_levels(ax):
    draw_jumps(ax, [0, 10, 20], [[4, 4], [2, 4], [1, 2]], {2.0: "one kept"})
    assert [line[:, 1].tolist() for line in lines(ax)[1:]] == [[4, 2, 1], [4, 4, 2]]
    assert texts(ax) == ["one kept"]
    assert ax.get_yscale() == "log"


@pytest.mark.parametrize("named", [True, False])
def test_growth_is_named_when_wished(ax, named):
    draw_growth(ax, [1, 10, 100], {"autograd": [3, 30, 300], "by hand": [1, 10, 100]}, "n_features", named=named)
    assert texts(ax) == (["autograd", "by hand"] if named else [])
    assert [line[:, 1].tolist() for line in lines(ax)] == [[3, 30, 300], [1, 10, 100]]
    assert ax.get_xlabel() == "n_features"


def test_heights_are_written_out(ax):
    ax.set(yscale="log", ylim=(0.1, 10))
    plain_heights(ax, (1, 2, 5))
    ax.figure.canvas.draw()
    shown = {label.get_text() for label in ax.get_yticklabels()}
    assert {"0.1", "0.5", "2", "10"} <= shown

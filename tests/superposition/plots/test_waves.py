import numpy as np
import pytest

from superposition.plots.waves import (
    draw_against_spacing,
    draw_beats,
    draw_curves,
    draw_energy,
    draw_field,
    draw_histogram,
    draw_screen,
    draw_slits,
    draw_spacetime,
    draw_spectrum,
    draw_walk,
)


def lines(ax):
    return [line.get_xydata() for line in ax.lines]


X, Y = np.meshgrid(np.linspace(-2, 2, 30), np.linspace(-1, 1, 20))


def test_heights_have_symmetric_levels_and_dots_at_the_sources(ax):
    filled = draw_field(ax, X, Y, 3 * X, 2.0, [(0, 0.5), (1, -0.5)], "water")
    np.testing.assert_allclose(filled.levels, np.linspace(-2, 2, 10))
    assert (filled.norm.vmin, filled.norm.vmax) == (-2, 2)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[0, 0.5], [1, -0.5]])
    assert ax.get_title(loc="left") == "water"
    assert ax.get_xlim() == (-2, 2)


def test_brightness_takes_the_warm_half_from_nothing(ax):
    filled = draw_field(ax, X, Y, X**2, 4.0)
    np.testing.assert_allclose(filled.levels, np.linspace(0, 4, 10))
    assert filled.norm(0.0) == 0.5
    assert filled.norm(4.0) > 0.5


def test_a_screen_shows_brightness_to_the_right_and_the_flat_line(ax):
    draw_screen(ax, [-1, 0, 1], [0, 4, 0], alone=2)
    np.testing.assert_array_equal(lines(ax)[0][:, 0], [2, 2])
    np.testing.assert_array_equal(lines(ax)[1], [[0, -1], [4, 0], [0, 1]])


def test_slits_are_drawn_against_turns(ax):
    draw_slits(ax, 2 * np.pi * np.array([-1, 0, 1]), [1, 0.2, 1], "2 slits")
    np.testing.assert_allclose(lines(ax)[0], [[-1, 1], [0, 0.2], [1, 1]])


def test_a_walk_ends_at_the_sum_inside_a_square_with_the_ring_of_its_root(ax):
    steps, others = np.array([1, 1j, 1, 1j]), np.array([1 - 1j])
    draw_walk(ax, steps, others, "four")
    cloud, ring, walk, _ = lines(ax)
    np.testing.assert_array_equal(cloud, [[1, -1]])
    np.testing.assert_allclose(np.hypot(*ring.T), 2)
    np.testing.assert_array_equal(walk, [[0, 0], [1, 0], [1, 1], [2, 1], [2, 2]])
    assert ax.texts[0].xy == (2, 2)
    assert np.ptp(ax.get_xlim()) == pytest.approx(np.ptp(ax.get_ylim()))


def test_a_straight_walk_fits_its_frame(ax):
    draw_walk(ax, np.ones(40, dtype=complex))
    assert ax.get_xlim()[0] < -6.3
    assert ax.get_xlim()[1] > 40


def test_a_histogram_is_a_density_with_its_law(ax):
    x = np.linspace(0, 5, 101)
    draw_histogram(ax, np.linspace(0, 5, 1000), x, np.exp(-x), "law")
    assert sum(bar.get_height() * bar.get_width() for bar in ax.patches) == pytest.approx(1)
    np.testing.assert_allclose(lines(ax)[0][:, 1], np.exp(-x))
    assert [text.get_text() for text in ax.texts] == ["law"]


def test_beats_stay_between_both_sides_of_the_envelope(ax):
    draw_beats(ax, [0, 1, 2], [0.1, -0.2, 0.3], [1, -2, 3])
    drawn = [line[:, 1].tolist() for line in lines(ax)]
    assert drawn == [[0.1, -0.2, 0.3], [1, 2, 3], [-1, -2, -3]]


def test_a_spectrum_names_lines_above_their_tops(ax):
    draw_spectrum(ax, [1, 4, 9], [0, 0.8, 0.1], {4: "four"}, "low")
    tops = [segment[1].tolist() for segment in ax.collections[0].get_segments()]
    assert tops == [[1, 0], [4, 0.8], [9, 0.1]]
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("four", (4, 0.8))]


def test_curves_darken_and_their_aim_is_thick(ax):
    draw_curves(ax, [0, 1], [[0, 1], [0, 2]], [0, 3], "sums", level=2.5)
    by_height = {line.get_ydata()[-1]: line for line in ax.lines}
    assert set(by_height) == {0, 1, 2, 2.5, 3}
    assert by_height[1].get_alpha() < by_height[2].get_alpha() == 1
    assert by_height[3].get_linewidth() > by_height[2].get_linewidth()


def test_one_curve_is_drawn_in_full_strength_without_a_level(ax):
    draw_curves(ax, [0, 1], [0, 1])
    assert [line.get_alpha() for line in ax.lines] == [None, 1]


def test_spacetime_runs_upwards_with_symmetric_levels(ax):
    frames = np.zeros((5, 9))
    frames[-1] = 3.0
    filled = draw_spacetime(ax, frames, 0.4, 1.0, "string")
    np.testing.assert_allclose(filled.levels, np.linspace(-1, 1, 10))
    highest = filled.get_paths()[-1].vertices
    assert highest[:, 1].min() > 0.3
    assert ax.get_ylim() == (0, 0.4)


def test_energies_add_up_to_the_thick_line(ax):
    draw_energy(ax, [0, 1, 2], [1, 2, 1], [1, 0, 1], "opposite")
    drawn = [line[:, 1].tolist() for line in lines(ax)]
    assert drawn == [[1, 2, 1], [1, 0, 1], [2, 2, 2]]
    assert {text.get_text() for text in ax.texts} == {"kinetic", "potential"}


def test_spacing_has_its_mark_and_measured_dots(ax):
    draw_against_spacing(ax, [0, 1, 2], [5, 1, 1], "cost", [(0.5, 2.0)])
    mark, curve, dots = lines(ax)
    assert mark[:, 0].tolist() == [1, 1]
    assert curve.tolist() == [[0, 5], [1, 1], [2, 1]]
    assert dots.tolist() == [[0.5, 2.0]]

import matplotlib as mpl
import numpy as np
import pytest
import torch

from superposition.plots import style
from superposition.plots.toy_models import (
    draw_bias,
    draw_cosines,
    draw_directions,
    draw_lengths,
    draw_losses,
    draw_matrix,
    draw_readout,
)


def test_samples_are_drawn_as_given_with_zero_on_paper(ax):
    x = torch.rand(3, 4, generator=torch.Generator().manual_seed(0))
    image = draw_matrix(ax, x, "p = 0.5")
    np.testing.assert_array_equal(image.get_array(), x.numpy())
    assert image.norm(0.0) == 0.5
    assert ax.get_title(loc="left") == "p = 0.5"


def test_gram_has_symmetric_limits_and_its_note(ax):
    image = draw_matrix(ax, np.array([[1, -0.5], [-0.5, 2]]), "linear", "2 kept", limit=1.5)
    assert (image.norm.vmin, image.norm.vmax) == (-1.5, 1.5)
    assert (ax.get_title(loc="left"), ax.get_title(loc="right")) == ("linear", "2 kept")


def test_losses_show_every_seed_and_run_from_dense_to_sparse(ax):
    p = [0.9, 0.5, 0.1]
    ratios = {"ReLU": np.array([[1.0, 1.01], [0.96, 0.95], [0.7, 0.72]])}
    draw_losses(ax, p, ratios, floor=1.28)
    dots = {tuple(point) for line in ax.lines if line.get_marker() == "o" for point in line.get_xydata()}
    assert dots == {(a, b) for a, row in zip(p, ratios["ReLU"], strict=True) for b in row}
    assert ax.get_xlim()[0] > ax.get_xlim()[1]
    assert {"ReLU", "best linear model, exact"} <= {text.get_text() for text in ax.texts}
    assert "$p$" in ax.get_xlabel()
    assert ax.get_ylabel()


def test_lengths_count_the_bars_above_the_line(ax):
    draw_lengths(ax, [1.0, 0.4, 0.6], [1.0, 0.5, 0.0], 0.5, "ReLU")
    assert [bar.get_height() for bar in ax.patches] == [1.0, 0.4, 0.6]
    assert ax.get_title(loc="right") == "2 kept"
    assert ax.patches[0].get_facecolor() == pytest.approx(style.importance_color(1))


def test_biases_are_numbered_from_one(ax):
    draw_bias(ax, [0.1, -0.2], style.INK, "linear", {0: "0", 0.25: "p/2"})
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [[1, 0.1], [2, -0.2]])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["0", "p/2"]


def test_directions_are_one_arrow_a_column(ax):
    W = np.array([[1.0, 0.0, -0.5, 0.01], [0.0, 1.0, -0.5, 0.01]])
    draw_directions(ax, W, [1, 0.5, 0, 0], names=["a", "b", "c", ""])
    tips = [text.xy for text in ax.texts if hasattr(text, "xy")]
    np.testing.assert_allclose(tips, W.T[:3])
    assert {"a", "b", "c"} <= {text.get_text() for text in ax.texts}


def test_cosines_show_every_pair_in_its_own_row(ax):
    rows = {"seed 0": [0.2, -0.6, 0.2], "random": [0.9, -0.1]}
    draw_cosines(ax, rows, {0.2: "+1/5"})
    drawn = [line.get_xydata() for line in ax.lines if line.get_marker() == "o"]
    assert [sorted(points[:, 0]) for points in drawn] == [sorted(rows["random"]), sorted(rows["seed 0"])]
    assert [round(points[:, 1].mean()) for points in drawn] == [0, 1]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["random", "seed 0"]


def test_readout_tells_ghosts_from_features(ax):
    draw_readout(ax, [1.0, 0.0], [0.9, 0.3], "one on")
    assert [bar.get_height() for bar in ax.patches] == [0.9, 0.3]
    assert [mpl.colors.to_hex(bar.get_facecolor()) for bar in ax.patches] == [style.INK.lower(), style.PLUS.lower()]
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[1, 1.0]])

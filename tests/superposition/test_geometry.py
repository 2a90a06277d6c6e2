import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from superposition.frames import half_cube, polygon, random_directions
from superposition.geometry import (
    angles,
    blocks,
    dimensionality,
    dims_per_feature,
    eigen_defect,
    is_tight,
    leverage,
)
from superposition.polytopes import direct_sum, simplex


def random_W(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def slow_dimensionality(W):
    """The definition, one product at a time."""
    shares = []
    for w in W.T.tolist():
        products = [sum(a * b for a, b in zip(w, v, strict=True)) for v in W.T.tolist()]
        length = sum(a * a for a in w)
        shares.append(length**2 / sum(product**2 for product in products) if length else 0.0)
    return shares


def test_dimensionality_is_the_slow_double_sum_and_0_for_a_zero_column():
    W = random_W(0, 2, 3, 5)
    W[1, :, 2] = 0
    found = dimensionality(W)
    assert found[0].tolist() == pytest.approx(slow_dimensionality(W[0]), rel=1e-12)
    assert found[1].tolist() == pytest.approx(slow_dimensionality(W[1]), rel=1e-12)
    assert float(found[1, 2]) == 0


@pytest.mark.parametrize("shape", [(2, 2), (1, 2, 2), (2, 2, 1), (3, 1, 1, 4)])
def test_dimensionality_keeps_every_leading_axis(shape):
    assert dimensionality(random_W(1, *shape)).shape == (*shape[:-2], shape[-1])


@pytest.mark.parametrize("k", range(3, 8))
def test_a_polygon_shares_two_dimensions(k):
    assert dimensionality(polygon(k)).tolist() == pytest.approx([2 / k] * k, abs=1e-12)


@given(d=st.integers(1, 6), n=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_shares_stay_below_leverage_and_leverage_adds_up_to_the_rank(d, n, seed):
    W = random_W(seed, d, n)
    shares, scores = dimensionality(W), leverage(W)
    assert bool((shares <= scores + 1e-9).all())
    assert float(scores.sum()) == pytest.approx(min(d, n), abs=1e-7)
    assert float(shares.sum()) <= min(d, n) + 1e-9


def test_leverage_is_the_projector_of_qr():
    W = random_W(2, 3, 7)
    Q = torch.linalg.qr(W.T).Q
    torch.testing.assert_close(leverage(W), Q.square().sum(1))


@given(seed=st.integers(0, 10**6), size=st.floats(0.01, 100))
def test_dimensionality_is_blind_to_rotation_and_scale(seed, size):
    W = random_W(seed, 4, 6)
    rotation = torch.linalg.qr(random_W(seed + 1, 4, 4)).Q
    torch.testing.assert_close(dimensionality(size * rotation @ W), dimensionality(W), rtol=1e-9, atol=1e-12)


def test_dims_per_feature_counts_stored_lengths():
    assert float(dims_per_feature(torch.eye(3))) == 1
    assert float(dims_per_feature(torch.tensor([[1.0, -1.0]]))) == 0.5
    with pytest.raises(ValueError, match="at least one feature with a direction, got W = 0"):
        dims_per_feature(torch.zeros(2, 3))


def test_tight_frames_and_others():
    assert is_tight(polygon(5))
    assert is_tight(half_cube(5))
    assert is_tight(3 * polygon(7))
    assert is_tight(torch.tensor([[1.0, -2.0], [0.0, 0.0]]))  # of the line that they span
    assert not is_tight(direct_sum(polygon(3), polygon(2)[:1]))
    assert not is_tight(torch.diag(torch.tensor([1.0, 2.0])))
    assert not is_tight(random_directions(3, 7, generator=torch.Generator().manual_seed(0))[0])
    assert not is_tight(torch.zeros(2, 2))


def test_eigen_defect_is_the_angle_and_nought_for_unions_of_tight_frames():
    bipyramid = direct_sum(simplex(2), simplex(1))
    assert float(eigen_defect(bipyramid)) < 1e-12
    assert float(dimensionality(bipyramid).sum()) == pytest.approx(3, abs=1e-12)
    W = torch.tensor([[1.0, 1.0], [0.0, 1.0]], dtype=torch.float64)
    frame = W @ W.T
    sines = [math.sin(math.acos(float(w @ frame @ w / w.norm() / (frame @ w).norm()))) for w in W.T]
    assert float(eigen_defect(W)) == pytest.approx(max(sines), abs=1e-9)
    assert float(eigen_defect(torch.zeros(2, 3))) == 0


def test_the_sum_reaches_the_rank_only_without_a_defect():
    W = random_W(3, 3, 7)
    assert float(eigen_defect(W)) > 0.1
    assert float(dimensionality(W).sum()) < 2.9


def by_matrix_powers(W, cosine):
    """Connected parts once more: who can be reached in n steps."""
    unit = W / W.norm(dim=0)
    step = (unit.T @ unit).abs() > cosine
    reach = torch.linalg.matrix_power(step.double(), W.shape[1]) > 0
    return {tuple(row.nonzero().flatten().tolist()) for row in reach}


@pytest.mark.parametrize("seed", range(5))
def test_blocks_are_what_matrix_powers_reach(seed):
    W = random_directions(8, 10, generator=torch.Generator().manual_seed(seed))[0]
    assert {block.indices for block in blocks(W, cosine=0.5)} == by_matrix_powers(W, 0.5)


def test_blocks_of_a_direct_sum_and_what_is_too_short():
    W = direct_sum(polygon(5), polygon(2), torch.tensor([[0.3]], dtype=torch.float64))
    found = blocks(W)
    assert [(block.indices, block.rank) for block in found] == [((0, 1, 2, 3, 4), 2), ((5, 6), 1)]
    assert [block.mean_dimensionality for block in found] == pytest.approx([0.4, 0.5])
    assert blocks(0.1 * W) == []


def test_angles_of_the_plane():
    assert angles(polygon(5)).tolist() == pytest.approx([72] * 5)
    quarter = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert angles(quarter).tolist() == pytest.approx([90, 270])

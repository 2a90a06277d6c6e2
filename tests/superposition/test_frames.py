import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import Polynomial

from superposition.frames import (
    coherence,
    effective_features_per_neuron,
    gram,
    half_cube,
    interference,
    linear_programming_bound,
    minimise_coherence,
    polygon,
    random_directions,
    welch_bound,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def random_W(seed, *shape):
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def test_gram_and_interference_are_the_double_loop():
    W = random_W(0, 2, 3, 4)
    for k in range(2):
        for i in range(4):
            for j in range(4):
                overlap = sum(float(W[k, a, i] * W[k, a, j]) for a in range(3))
                assert float(gram(W)[k, i, j]) == pytest.approx(overlap, abs=1e-12)
                assert float(interference(W)[k, i, j]) == pytest.approx(overlap if i != j else 0, abs=1e-12)


@pytest.mark.parametrize("n", range(3, 9))
def test_coherence_of_a_polygon_is_a_cosine(n):
    turn = math.pi / n if n % 2 else 2 * math.pi / n
    expected = 1.0 if n % 2 == 0 else math.cos(turn)  # an even polygon holds antipodal pairs
    assert float(coherence(polygon(n))) == pytest.approx(expected, abs=1e-12)


def test_coherence_ignores_lengths_and_refuses_a_zero_column():
    W = random_W(1, 3, 5)
    scaled = W * torch.tensor([0.1, 1, 2, 3, 40], dtype=torch.float64)
    assert float(coherence(W)) == pytest.approx(float(coherence(scaled)), abs=1e-12)
    W[:, 2] = 0
    with pytest.raises(ValueError, match=r"every feature needs a direction, got 1 zero column"):
        coherence(W)


@given(n=st.integers(2, 12), d=st.integers(1, 8), seed=st.integers(0, 10**6))
def test_welch_is_a_bound(n, d, seed):
    W = random_directions(d, n, generator=generator(seed))
    assert float(coherence(W)) >= welch_bound(n, d) - 1e-9


def test_welch_is_reached_by_the_equiangular_frames():
    assert float(coherence(polygon(3))) == pytest.approx(welch_bound(3, 2), abs=1e-12)
    corners = torch.tensor([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1]], dtype=torch.float64)
    assert float(coherence(corners)) == pytest.approx(welch_bound(4, 3), abs=1e-12)
    assert welch_bound(40, 5) == pytest.approx(0.42366, abs=1e-5)
    assert welch_bound(5, 5) == 0.0
    with pytest.raises(ValueError, match="at least 1"):
        welch_bound(0, 3)


def test_random_directions_are_unit_and_spread_evenly():
    d = 6
    W = random_directions(d, 20_000, generator=generator(2))[0]
    torch.testing.assert_close(W.norm(dim=0), torch.ones(20_000, dtype=torch.float64))
    second = W @ W.T / 20_000  # E w w^T = I / d for an even spread
    assert float((second - torch.eye(d) / d).abs().max()) < 0.01


def test_minimise_coherence_finds_known_packings():
    found = minimise_coherence(3, 6, n_restarts=4, steps=800, generator=generator(3))
    assert float(coherence(found)) == pytest.approx(1 / math.sqrt(5), abs=2e-3)  # the icosahedron's six axes
    assert float(coherence(minimise_coherence(5, 3, generator=generator()))) == 0


@pytest.mark.parametrize("d", range(1, 7))
def test_half_cube_cosines_are_the_krawtchouk_counts(d):
    W = half_cube(d)
    assert W.shape == (d, 2 ** (d - 1))
    row = gram(W)[0]
    for pairs in range(d // 2 + 1):
        seen = int((row - (1 - 4 * pairs / d)).abs().lt(1e-9).sum())
        assert seen == math.comb(d, 2 * pairs)
    if d > 2:
        torch.testing.assert_close(W @ W.T, W.shape[1] / d * torch.eye(d, dtype=torch.float64))


def test_half_cube_needs_a_dimension():
    with pytest.raises(ValueError, match="d_hidden must be at least 1, got 0"):
        half_cube(0)


def test_polygon_is_a_tight_frame():
    for n in (3, 5, 8):
        W = polygon(n)
        torch.testing.assert_close(W @ W.T, n / 2 * torch.eye(2, dtype=torch.float64))
    torch.testing.assert_close(polygon(2)[:, 0], -polygon(2)[:, 1], atol=1e-12, rtol=0)
    with pytest.raises(ValueError, match="at least 2 features, got 1"):
        polygon(1)


def test_effective_features_per_neuron():
    assert torch.equal(effective_features_per_neuron(torch.eye(4)), torch.ones(4))
    assert torch.equal(effective_features_per_neuron(torch.ones(2, 7)), torch.full((2,), 7.0))
    assert torch.equal(effective_features_per_neuron(torch.zeros(2, 3)), torch.zeros(2))


@given(seed=st.integers(0, 10**6), n=st.integers(1, 9))
def test_effective_features_lie_between_one_and_n(seed, n):
    count = effective_features_per_neuron(random_W(seed, 3, n))
    assert ((count >= 1 - 1e-9) & (count <= n + 1e-9)).all()


def test_a_rotation_changes_who_shares_a_neuron_but_no_overlap():
    rotation = torch.linalg.qr(random_W(5, 8, 8)).Q
    torch.testing.assert_close(gram(rotation), torch.eye(8, dtype=torch.float64), atol=1e-12, rtol=0)
    assert float(effective_features_per_neuron(rotation).mean()) > 2


@pytest.mark.parametrize(
    ("d", "roots", "cosine", "n"),
    [
        (6, [-1 / 6], -1 / 6, 7),  # the simplex
        (4, [-1, 0], 0.0, 8),  # the cross-polytope
        (3, [-1, -(5**-0.5), -(5**-0.5), 5**-0.5], 5**-0.5, 12),  # the icosahedron
        (5, [-0.6, -0.6, 0.2], 0.2, 16),  # the half-cube
        (8, [-1, -0.5, -0.5, 0, 0, 0.5], 0.5, 240),  # the roots of E8
    ],
)
def test_linear_programming_bound_is_sharp_for_the_famous_figures(d, roots, cosine, n):
    polynomial = Polynomial.fromroots(roots).coef.tolist()
    assert linear_programming_bound(polynomial, d, cosine) == pytest.approx(n, rel=1e-9)


@pytest.mark.parametrize(("roots", "cosine"), [([0.2], 0.5), ([0.9], 0.9)])
def test_a_polynomial_that_proves_nothing_is_refused(roots, cosine):
    with pytest.raises(ValueError, match="polynomial must not exceed 0 up to cosine"):
        linear_programming_bound(Polynomial.fromroots(roots).coef.tolist(), 5, cosine)
    with pytest.raises(ValueError, match="d_hidden must be at least 3, got 2"):
        linear_programming_bound([1.0], 2, 0.5)

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from superposition.positions import frequencies, rotate_by_position, shift_matrix, sinusoidal_positions

CLOSE = {"rtol": 0.0, "atol": 1e-12}
EVEN = st.integers(1, 12).map(lambda pairs: 2 * pairs)


def test_the_code_is_the_formula_of_the_paper():
    P = sinusoidal_positions(7, 6)
    for t in range(7):
        for i in range(3):
            angle = t / 10000 ** (2 * i / 6)
            assert float(P[t, 2 * i]) == pytest.approx(math.sin(angle), abs=1e-12)
            assert float(P[t, 2 * i + 1]) == pytest.approx(math.cos(angle), abs=1e-12)


@given(d=EVEN, offset=st.integers(-20, 20))
def test_a_shift_is_a_rotation(d, offset):
    P, R = sinusoidal_positions(40, d), shift_matrix(d, offset)
    late = P[max(0, offset) : 40 + min(0, offset)]
    early = P[max(0, -offset) : 40 - max(0, offset)]
    assert_close(early @ R.T, late, **CLOSE)
    assert_close(R @ R.T, torch.eye(d, dtype=torch.float64), **CLOSE)
    assert_close(P.square().sum(-1), torch.full((40,), d / 2, dtype=torch.float64), **CLOSE)


@given(d=EVEN, seed=st.integers(0, 10**6))
def test_rotary_is_complex_multiplication(d, seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, 5, d, generator=generator, dtype=torch.float64)
    positions = 100 * torch.rand(5, generator=generator, dtype=torch.float64)
    turn = torch.exp(1j * positions[:, None] * frequencies(d))
    expected = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))) * turn).flatten(-2)
    assert_close(rotate_by_position(x, positions), expected, **CLOSE)


def test_rotary_scores_know_the_difference_alone():
    queries, keys = torch.randn(2, 20, 16, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    places = torch.arange(20.0)
    here = rotate_by_position(queries, places) @ rotate_by_position(keys, places).T
    there = rotate_by_position(queries, places + 7) @ rotate_by_position(keys, places + 7).T
    assert_close(here, there, **CLOSE)
    assert float((here - queries @ keys.T).abs().max()) > 1


def test_the_number_type_is_kept_and_odd_sizes_are_refused():
    assert rotate_by_position(torch.ones(3, 4), torch.arange(3.0)).dtype is torch.float32
    for call in (lambda: frequencies(5), lambda: shift_matrix(0, 1), lambda: sinusoidal_positions(3, 7)):
        with pytest.raises(ValueError, match="even number of dimensions"):
            call()

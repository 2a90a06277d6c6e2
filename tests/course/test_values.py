import math
from decimal import Decimal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from superposition.course.values import as_lists, filled, in_words, leaves, numbers, only_numbers, show, structure


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.tensor([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (torch.tensor(0.5), 0.5),
        (np.float64(0.25), 0.25),
        (np.bool_(True), True),
        ((torch.tensor(1), ("a", 2.0)), [1, ["a", 2.0]]),
        ("word", "word"),
    ],
)
def test_tensors_arrays_and_tuples_become_lists(value, expected):
    assert as_lists(value) == expected
    assert structure(as_lists(value)) == structure(expected)


def test_truth_values_are_not_numbers():
    assert structure([True, 1, 1.0, "x", None]) == ["truth value", "number", "number", "word", "NoneType"]
    assert only_numbers([1, [2.0]])
    assert not only_numbers([1, True])


def test_leaves_and_filled_walk_the_same_places():
    value = [[1, 2], [], [3]]
    assert list(leaves(value)) == [1, 2, 3]
    assert filled(value, 0) == [[0, 0], [], [0]]
    assert numbers(value) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0132821, "0.0133"),
        (5.0, "5.00"),
        (0.042, "0.0420"),
        (123.4, "123"),
        (-1234.5, "-1230"),
        (200, "200"),
        (3e-17, "0.00"),
        (-0.0, "0.00"),
        (2.5e7, "2.50e+07"),
        (float("nan"), "nan"),
        (True, "true"),
        ("relu", "relu"),
        ([0.5, 2], "0.500, 2"),
        ([[5, 5], [9, 16]], "5, 5; 9, 16"),
    ],
)
def test_values_print_with_three_significant_digits(value, text):
    assert show(value) == text


@given(st.floats(1e-8, 1e12))
def test_what_is_printed_is_the_number_rounded_to_three_digits(number):
    printed = Decimal(show(number))
    assert abs(printed - Decimal(number)) <= Decimal("0.00501") * Decimal(number)
    assert len(printed.normalize().as_tuple().digits) <= 3
    assert show(-number) == "-" + show(number)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "nothing"),
        (None, "nothing"),
        (2.0, "one number"),
        ([1, 2], "2 numbers"),
        ([1, "a"], "2 entries"),
        ([[1, 2], [3, 4]], "4 numbers in 2 lists"),
        (math, "one module"),
    ],
)
def test_a_value_is_described_in_words(value, words):
    assert in_words(value) == words

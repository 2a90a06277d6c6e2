import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superposition.course.tolerances import FORMS, Tolerance

moderate = st.floats(-1e6, 1e6).filter(lambda number: abs(number) > 1e-6)


def accepts(entry, expected, measured):
    return Tolerance.read(entry).misfit(expected, measured) == ""


@pytest.mark.parametrize(
    ("entry", "expected", "good", "bad"),
    [
        ("exact", 5, [5, 5.0], [6, True, "5", [5]]),
        ("exact", [True, False], [[True, False]], [[1, 0], [True, True], [True]]),
        ("exact", ["relu", "linear"], [["relu", "linear"]], [["linear", "relu"], "relu"]),
        ({"abs": 0.1}, 1.0, [0.95, 1.05, 1], [0.8, 1.2, math.nan, math.inf, "1"]),
        ({"rel": 0.1}, [-10.0, 2.0], [[-10.5, 2.1], [-9.5, 1.9]], [[-8.9, 2], [-10, 2.3], [-10.0]]),
        ({"interval": [2, 3]}, [2.5, 2.5], [[2, 3]], [[1.9, 2.5], [2.5, 3.1]]),
        ({"interval": [[0, 1], [5, math.inf]]}, [0.5, 10], [[1, 1e9]], [[2, 10], [0.5, 4], [0.5, math.inf]]),
        ({"one_of": [[5, 9], [5, 10]]}, [5, 9], [[5, 9], [5, 10]], [[5, 11], 5]),
        ({"less_than": -0.2}, -0.3, [-0.2000001, -9], [-0.2, 0, -math.inf]),
        ({"greater_than": 5}, 10.7, [5.0001], [5, 1, math.inf]),
    ],
)
def test_each_form_has_one_meaning(entry, expected, good, bad):
    assert all(accepts(entry, expected, measured) for measured in good)
    assert not any(accepts(entry, expected, measured) for measured in bad)


@given(moderate, moderate, st.floats(1e-6, 10))
def test_abs_and_rel_agree_with_the_standard_library(expected, measured, bound):
    for form, isclose in (("abs", {"rel_tol": 0.0, "abs_tol": bound}), ("rel", {"rel_tol": 0.0, "abs_tol": 0.0})):
        allowed = bound * abs(expected) if form == "rel" else isclose["abs_tol"]
        if math.isclose(abs(expected - measured), allowed, rel_tol=1e-9):
            continue  # on the edge, rounding decides
        isclose["abs_tol"] = allowed
        assert accepts({form: bound}, expected, measured) == math.isclose(expected, measured, **isclose)


@given(moderate, st.floats(1e-3, 10))
def test_slack_is_how_far_a_value_may_move(expected, bound):
    tolerance = Tolerance("abs", bound)
    slack = tolerance.slack(expected)
    assert slack == pytest.approx(bound, rel=1e-6)
    assert accepts({"abs": bound}, expected, expected + 0.99 * slack)
    assert not accepts({"abs": bound}, expected, expected + 1.01 * slack)


def test_slack_of_lists_is_that_of_the_tightest_place_and_exact_forms_have_none():
    assert Tolerance("interval", [[0, 10], [5, 6]]).slack([3, 5.75]) == pytest.approx(0.25)
    assert Tolerance("greater_than", 5).slack(7.0) == pytest.approx(2)
    assert Tolerance("exact").slack(5) == Tolerance("one_of", [5, 6]).slack(5) == 0


@pytest.mark.parametrize("entry", ["about", {}, {"abs": 1, "rel": 1}, {"sigma": 4}, 3, {"exact": True}])
def test_other_tolerances_are_refused_with_the_forms_there_are(entry):
    with pytest.raises(ValueError, match=f"tolerance is one of {FORMS[0]}, "):
        Tolerance.read(entry)


@pytest.mark.parametrize(
    ("entry", "expected", "clause"),
    [
        ("exact", 0.5, "give decimals abs or rel"),
        ({"one_of": [5]}, 5, "two values or more"),
        ({"one_of": 5}, 5, "two values or more"),
        ({"abs": "x"}, 5, "abs needs one number, not 'x'"),
        ({"abs": 0}, 5, "abs needs a number above 0"),
        ({"rel": -1}, 5, "rel needs a number above 0"),
        ({"abs": [1, 2]}, [5, 5], "abs needs one number"),
        ({"less_than": [1]}, 0, "less_than needs one number"),
        ({"abs": 1}, "word", "abs compares numbers, and the value is one word"),
        ({"interval": [3, 2]}, 2.5, "a at most b"),
        ({"interval": [1, 2, 3]}, 2, "interval needs [a, b]"),
        ({"interval": [[1, 2]]}, [1, 2], "one [a, b] for each number"),
        ({"interval": [[1, 2], [3, 4]]}, ["a", "b"], "interval compares numbers"),
    ],
)
def test_a_bound_that_does_not_fit_is_named(entry, expected, clause):
    assert clause in Tolerance.read(entry).fault(expected)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("exact", "exactly"),
        ({"abs": 1e-6}, "within 1e-06"),
        ({"rel": 0.03}, "within 3 %"),
        ({"interval": [0.2, 0.35]}, "0.2 to 0.35"),
        (
            {"interval": [[5, 5], [15, 17], [5, math.inf], [-math.inf, 1]]},
            "5, 15 to 17, a number above 5, a number below 1",
        ),
        ({"one_of": [5, 6]}, "one of 5 or 6"),
        ({"less_than": -0.2}, "a number below -0.2"),
        ({"greater_than": 5}, "a number above 5"),
    ],
)
def test_a_tolerance_can_be_said(entry, words):
    assert Tolerance.read(entry).words() == words


def test_a_misfit_names_the_place_and_both_numbers():
    tolerance = Tolerance.read({"interval": [[0, 1], [5, math.inf]]})
    assert tolerance.misfit([0.5, 10], [2, 10]) == "expected 0 to 1 in place 1, measured 2"
    assert tolerance.misfit([0.5, 10], [1, 4]) == "expected a number above 5 in place 2, measured 4"
    assert tolerance.misfit([0.5, 10], 3) == "expected 2 numbers, got one number"

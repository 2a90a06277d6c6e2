import sys
from types import SimpleNamespace

import pytest
import torch

from superposition.course import claim, claims, reported
from superposition.course.ledger import parse_ledger

LEDGER = """
["chapter.gain"]
statement = "Share of the loss that is saved, p < 1"
value = [0.0, 0.278]
tolerance = { interval = [[-0.01, 0.01], [0.2, 0.35]] }
kind = "computed"
source = "measurement"

["chapter.ordering"]
statement = "From least to most"
value = ["relu", "linear"]
tolerance = "exact"
kind = "computed"
source = "derivation"

["chapter.published"]
statement = "Plateaus of 400 features in dimensions"
value = 30
kind = "reported"
source = "elhage2022toy"
read = "text"

["chapter.gone"]
statement = "Something else"
value = 5
tolerance = "exact"
kind = "computed"
source = "derivation"
withdrawn = "Two measurements differ."
"""


@pytest.fixture(autouse=True)
def small_ledger(monkeypatch):
    monkeypatch.setattr(claims, "read_ledger", lambda chapter: parse_ledger(chapter, LEDGER))


@pytest.mark.parametrize("value", [[0.001, 0.2777], (0.001, 0.2777), torch.tensor([0.001, 0.2777])])
def test_a_claim_that_holds_prints_one_line(capsys, value):
    claim("chapter.gain", value)
    assert capsys.readouterr().out == "chapter.gain = 0.00100, 0.278 (computed)\n"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([0.0, 0.1], "The claim chapter.gain falls short: expected 0.2 to 0.35 in place 2, measured 0.1."),
        ([0.0, float("nan")], "The claim chapter.gain falls short: expected 0.2 to 0.35 in place 2, measured nan."),
        (0.278, "The claim chapter.gain falls short: expected 2 numbers, got one number."),
        ([], "The claim chapter.gain falls short: expected 2 numbers, got nothing."),
        (None, "The claim chapter.gain falls short: expected 2 numbers, got nothing."),
        (True, "The claim chapter.gain falls short: expected 2 numbers, got one truth value."),
    ],
)
def test_a_claim_that_falls_short_says_so_in_one_sentence(capsys, value, sentence):
    with pytest.raises(AssertionError) as error:
        claim("chapter.gain", value)
    assert str(error.value) == sentence
    assert capsys.readouterr().out == ""


def test_words_are_compared_exactly(capsys):
    claim("chapter.ordering", ["relu", "linear"])
    assert capsys.readouterr().out == "chapter.ordering = relu, linear (computed)\n"
    with pytest.raises(AssertionError, match="expected relu, linear, measured linear, relu"):
        claim("chapter.ordering", ["linear", "relu"])


def test_an_unknown_id_is_refused_and_the_nearest_named():
    with pytest.raises(LookupError, match=r"^No claim 'chapter.gian' .*did you mean 'chapter.gain'\?\)\.$"):
        claim("chapter.gian", 1)


def test_what_is_reported_is_quoted_and_what_is_ours_is_asserted(capsys):
    reported("chapter.published")
    assert capsys.readouterr().out == "chapter.published = 30 (reported, elhage2022toy)\n"
    with pytest.raises(LookupError, match=r"quote it with reported\('chapter.published'\)"):
        claim("chapter.published", 30)
    with pytest.raises(LookupError, match=r"assert it with claim\('chapter.gain', value\)"):
        reported("chapter.gain")


def test_a_withdrawn_claim_gives_its_reason():
    with pytest.raises(LookupError, match="was withdrawn: Two measurements differ"):
        claim("chapter.gone", 5)


def shown_in_notebook(monkeypatch, *calls):
    shown = []
    notebook = SimpleNamespace(get_ipython=lambda: object(), display=SimpleNamespace(display=shown.append))
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    for call in calls:
        call()
    return shown


def test_a_notebook_shows_every_claim_of_a_cell_with_its_badge(monkeypatch, capsys):
    first, second = shown_in_notebook(
        monkeypatch, lambda: claim("chapter.gain", [0.0, 0.278]), lambda: reported("chapter.published")
    )
    assert capsys.readouterr().out == ""
    assert repr(first) == "chapter.gain = 0.00, 0.278 (computed)"
    assert first.markup == (
        '<div class="claim"><span class="badge-kind" data-kind="computed">computed</span> '
        "<span>Share of the loss that is saved, p &lt; 1: <b>0.00, 0.278</b></span> <code>chapter.gain</code></div>"
    )
    assert 'data-kind="reported">reported, elhage2022toy<' in second.markup

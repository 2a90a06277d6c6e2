"""The style that the course's outputs bring into a notebook, and that stored notebooks leave out."""

import re
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_output

from stored_outputs import clean_outputs
from superposition import course
from superposition.course import check, help_card, hint, progress, review_cards, solution
from superposition.course.claims import Line
from superposition.course.ledger import read_ledger

CHAPTER, ID = "forty_into_five", "forty_into_five.reconstruct"
SHEET = Path(course.__file__).with_name("outputs.css").read_text("utf-8")
PALETTE = Path(course.__file__).parents[1] / "plots" / "palette.json"


def wrong(W, b, x):
    sys.stdout.write("here")
    return x / 0


def a_claim():
    claim = next(iter(read_ledger(CHAPTER).values()))
    return Line(claim, claim.value)


OUTPUTS = {
    "claim": a_claim,
    "not started": lambda: check(ID, lambda W, b, x: None),
    "wrong": lambda: check(ID, wrong),
    "hint": lambda: hint(ID),
    "solution": lambda: solution(ID),
    "help": lambda: help_card(ID),
    "progress": lambda: progress("https://name.example/book/"),
    "review": lambda: review_cards(CHAPTER),
}


@pytest.fixture(params=OUTPUTS)
def output(request):
    return OUTPUTS[request.param]()


def test_every_output_brings_the_style_and_a_stored_one_does_not(output):
    in_notebook = output._repr_html_()
    assert in_notebook.count("<style") == in_notebook.count("</style>") == 1
    [stored] = clean_outputs([new_output("display_data", {"text/html": in_notebook, "text/plain": repr(output)})])
    assert stored.data["text/html"] == output.markup
    assert "<style" not in output.markup


def test_the_style_knows_the_classes_that_the_outputs_have(output):
    classes = {name for names in re.findall(r'class="([^"]*)"', output.markup) for name in names.split()}
    assert {name for name in classes if name not in ("math", "notranslate", "nohighlight")} <= set(
        re.findall(r"\.([a-z][\w-]*)", SHEET)
    )


def test_the_colours_are_the_palettes():
    colours = set(re.findall(r"#[0-9A-Fa-f]{6}\b", SHEET))
    assert colours
    assert colours <= set(re.findall(r"#[0-9A-Fa-f]{6}\b", PALETTE.read_text("utf-8")))

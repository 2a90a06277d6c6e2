"""The ledgers, the notebooks and book/claims.md agree, and each way in which they could disagree is found."""

import re
from pathlib import Path

import nbformat
import pytest
from docutils.core import publish_doctree
from myst_parser.docutils_ import Parser

import build_claims
from claim_places import calls, headings, misplaced, places
from superposition.course.chapter_files import chapters_with
from superposition.course.ledger import parse_ledger, read_ledger

ROOT = Path(__file__).resolve().parents[2]
SOURCES = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text(encoding="utf-8"), re.MULTILINE))
OURS = {"derivation", "measurement"}

LEDGER = """
["waves.ours"]
statement = "Ripples that add up"
value = 3
tolerance = "exact"
kind = "computed"
source = "derivation"

["waves.theirs"]
statement = "Ripples that were reported"
value = 7
kind = "reported"
source = "huygens1690"
read = "excerpt"

["waves.gone"]
statement = "Ripples that are no more"
value = 3
tolerance = "exact"
kind = "computed"
source = "derivation"
withdrawn = "Two measurements differ."
"""
SOUND = ["# Waves", 'claim("waves.ours", 3)', 'reported("waves.theirs")']


def notebook(path, sources):
    """Write a notebook; sources that start with # are headings."""
    cells = [(nbformat.v4.new_markdown_cell if s.startswith("#") else nbformat.v4.new_code_cell)(s) for s in sources]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def faults(tmp_path, sources, name="waves"):
    ledger = parse_ledger("waves", LEDGER).values()
    return misplaced(ledger, {name: places(notebook(tmp_path / f"{name}.ipynb", sources))})


def test_each_claim_is_asserted_once_in_the_notebook_of_its_chapter():
    notebooks = {path.stem: places(path) for path in (ROOT / "book").rglob("*.ipynb")}
    claims = [claim for chapter in chapters_with("claims.toml") for claim in read_ledger(chapter).values()]
    assert misplaced(claims, notebooks) == []


@pytest.mark.parametrize("chapter", chapters_with("claims.toml"))
def test_every_source_stands_in_the_bibliography(chapter):
    assert {claim.source for claim in read_ledger(chapter).values()} - OURS <= SOURCES


def test_the_list_of_claims_is_up_to_date(capsys):
    assert build_claims.main(["--check"]) == 0, capsys.readouterr().err


def test_a_sound_notebook_has_no_fault(tmp_path):
    assert faults(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("sources", "fault"),
    [
        (SOUND[:1] + SOUND[2:], "waves.ours is asserted 0 times"),
        ([*SOUND, 'claim("waves.ours", 3)'], "waves.ours is asserted 2 times"),
        (SOUND[:2], "waves.theirs is quoted 0 times"),
        ([*SOUND, 'claim("waves.gone", 3)'], "waves.gone is withdrawn and still stands in the notebook"),
        ([*SOUND, 'claim("qubits.basis", 2)'], "qubits.basis belongs to another chapter and stands in waves"),
        ([*SOUND, 'name = "waves.ours"\nclaim(name, 3)'], "waves: an id of claim() is not written out"),
        ([*SOUND, 'claim(f"waves.{x}", 3)'], "waves: an id of claim() is not written out"),
    ],
)
def test_each_way_to_misplace_a_claim_is_found(tmp_path, sources, fault):
    assert faults(tmp_path, sources) == [fault]


def test_a_claim_in_another_chapter_is_found(tmp_path):
    assert "waves.ours belongs to another chapter and stands in qubits" in faults(tmp_path, SOUND, "qubits")


def test_a_claim_in_a_comment_or_a_string_asserts_nothing(tmp_path):
    hidden = ["# Waves", '# a remark: claim("waves.ours", 3)\ntext = \'claim("waves.ours", 3)\'', SOUND[2]]
    hidden[1] = "x = 1  " + hidden[1]
    assert faults(tmp_path, hidden) == ["waves.ours is asserted 0 times"]


def test_calls_are_found_beside_magics_and_inside_blocks():
    cell = '%matplotlib inline\nfor x in y:\n    !ls\n    claim("a.b", [x,\n        1])\nreported("a.c")'
    assert sorted(calls(cell)) == [("claim", "a.b"), ("reported", "a.c")]


def test_only_headings_that_have_an_anchor_count():
    assert headings("# One\ntext # no\n### Exercise: sum\n#### Deep\n#hash") == ["One", "Exercise: sum"]


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Build a checkout with one chapter."""
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/intro\nchapters:\n  - file: book/physics/waves\n", encoding="utf-8"
    )
    sources = ["# Waves, and *more*", "x = 1", "## Does it add up?", SOUND[1], "## Does it add up?", SOUND[2]]
    notebook(tmp_path / "book/physics/waves.ipynb", sources)
    monkeypatch.setattr(build_claims, "chapters_with", lambda name: ["waves"])
    monkeypatch.setattr(build_claims, "read_ledger", lambda chapter: parse_ledger(chapter, LEDGER))
    return tmp_path


def test_the_list_links_each_claim_to_the_heading_above_its_assertion(tree):
    assert build_claims.main([], tree) == 0
    text = (tree / "book/claims.md").read_text(encoding="utf-8")
    assert "## [Waves, and *more*](physics/waves.ipynb)" in text
    where = "physics/waves.ipynb#does-it-add-up"
    assert f"| Ripples that add up. | 3 (exactly) | computed: [Does it add up?]({where}) |" in text
    assert f"| Ripples that were reported. | 7 | reported, huygens1690: [Does it add up?]({where}-1) |" in text
    assert "no more" not in text


def test_a_list_that_is_out_of_date_or_missing_is_told(tree, capsys):
    assert build_claims.main(["--check"], tree) == 1
    build_claims.main([], tree)
    assert build_claims.main(["--check"], tree) == 0
    notebook(tree / "book/physics/waves.ipynb", ["# Waves", "## Elsewhere", *SOUND[1:]])
    assert build_claims.main(["--check"], tree) == 1
    assert "out of date; run python tools/build_claims.py" in capsys.readouterr().err
    assert not list(tree.glob("book/*.part"))


def test_what_markdown_would_take_for_a_mark_is_escaped():
    assert build_claims.plain("a_b | c*d <e> [f] $g$") == r"a\_b \| c\*d \<e> \[f\] \$g\$"


def test_the_anchors_are_those_of_the_site(tmp_path):
    """Build a page with the site's own parser and compare its anchors with ours."""
    names = [
        "How many at once?",
        "A feature is a direction, not a neuron",
        "Where: it's *odd* (p = .1)",
        "Twice",
        "Twice",
    ]
    text = "# T\n\n" + "\n\n".join(f"## {name}\n\ntext" for name in names)
    options = {"myst_heading_anchors": 3, "report_level": 5}
    slugs = set(publish_doctree(text, parser=Parser(), settings_overrides=options).myst_slugs)
    path = notebook(tmp_path / "a.ipynb", ["# T", *(s for n in names for s in (f"## {n}", 'claim("a.b", 1)'))])
    assert {place.anchor for place in places(path)} == slugs - {"t"}

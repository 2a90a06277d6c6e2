"""What a chapter must hold before it counts as one. Chapters are the notebooks in the folders of book/."""

import re

import nbformat
import pytest

from notebook_files import ROOT, find_notebooks, read_notebook
from superposition.course import bank
from superposition.course.chapter_files import chapters_with
from superposition.course.ledger import read_ledger
from superposition.course.review import read_cards

CHAPTERS = [path for path in find_notebooks() if path.parent != ROOT / "book"]
FEWEST = {"claims": 7, "coding exercises": 5, "paper exercises": 1, "review cards": 8, "figures": 4, "live figures": 1}
HEADINGS = ["Predict", "What people say", "Where the picture breaks", "Exercises", "Summary", "Review", "Sources"]
WRONG_FUNCTIONS, PROPERTIES = 4, 1


def text(notebook, kind):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == kind)


def outputs(notebook):
    return [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]


def holdings(path):
    """Count what a chapter holds."""
    notebook, chapter = read_notebook(path), path.stem
    data, prose = outputs(notebook), text(notebook, "markdown")
    return {
        "claims": len(read_ledger(chapter)) if chapter in chapters_with("claims.toml") else 0,
        "coding exercises": len(bank.exercises(chapter)) if chapter in bank.chapters() else 0,
        "paper exercises": len(re.findall(r"^### Exercise: on paper.*?<details>", prose, re.MULTILINE | re.DOTALL)),
        "review cards": len(read_cards(chapter)) if f'review_cards("{chapter}")' in text(notebook, "code") else 0,
        "figures": sum("image/png" in output for output in data),
        "live figures": sum('<figure class="live-figure"' in output.get("text/html", "") for output in data),
    }


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_holds_all_its_parts(path):
    held = holdings(path)
    short = {part: f"{held[part]}, at least {least}" for part, least in FEWEST.items() if held[part] < least}
    assert short == {}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_its_sections_in_order(path):
    found = re.findall(r"^## (.+)$", text(read_notebook(path), "markdown"), re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == HEADINGS


@pytest.mark.parametrize("identifier", [name for chapter in bank.chapters() for name in bank.exercises(chapter)])
def test_an_exercise_knows_enough_mistakes(identifier):
    exercise = bank.find(identifier)
    assert len(exercise.wrong) >= WRONG_FUNCTIONS
    assert len(exercise.properties) >= PROPERTIES
    assert all(exercise.hints)
    assert exercise.why


def test_a_page_without_parts_is_found_out(tmp_path):
    path = tmp_path / "nowhere.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Nothing")]), path)
    assert set(holdings(path).values()) == {0}

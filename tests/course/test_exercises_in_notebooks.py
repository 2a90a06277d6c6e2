"""The exercises as they stand in the chapters: same stubs as in the bank, and solved notebooks that run to the end.

The unsolved notebooks are run by `pytest --nbval`, which compares every output with the one that is stored.
"""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from superposition.course import bank

BOOK = Path(__file__).parents[2] / "book"
NOTEBOOKS = sorted(path for path in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
CHECK = re.compile(r"check\(\s*[\"']([^\"']+)[\"']")


def cells(notebook, kind="code"):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def asked(notebook) -> list[str]:
    return [identifier for cell in cells(notebook) for identifier in CHECK.findall(cell.source)]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def test_every_check_has_its_stub_its_text_and_its_help(notebook):
    sources = [cell.source.rstrip() for cell in cells(notebook)]
    text = "\n\n".join(cell.source for cell in cells(notebook, "markdown"))
    for identifier in asked(notebook):
        exercise = bank.find(identifier)
        assert exercise.stub in sources, f"{identifier}: the stub in the notebook is not the bank's"
        assert f"### Exercise: {exercise.title}\n\n{exercise.prompt}" in text, identifier
        assert f'help_card("{identifier}")' in "\n".join(sources)


def test_every_exercise_is_asked_once_and_in_its_own_chapter(path, notebook):
    if not any(re.search(r"^## Exercises$", cell.source, re.MULTILINE) for cell in cells(notebook, "markdown")):
        assert not asked(notebook), "exercises stand under the heading `## Exercises`"
        return
    assert sorted(asked(notebook)) == bank.exercises(path.stem)


def test_stored_checks_are_not_started(notebook):
    for cell in cells(notebook):
        if CHECK.search(cell.source):
            assert "Not started." in stored(cell)
            assert " 0 of " in stored(cell)


def stored(cell) -> str:
    return "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)


def test_solved_notebook_passes_and_runs_to_its_end(path, notebook):
    if not asked(notebook):
        return
    for identifier in asked(notebook):
        exercise = bank.find(identifier)
        [cell] = [cell for cell in cells(notebook) if cell.source.rstrip() == exercise.stub]
        cell.source = exercise.solution
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    for cell in cells(notebook):
        if CHECK.search(cell.source):
            assert "Right." in stored(cell)

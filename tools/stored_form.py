"""The form in which notebooks are stored: what a re-run would give, less all that changes from run to run.

`clean` applies the steps in order and says which of them found something to do.
"""

import base64
import copy
from collections.abc import Callable
from functools import partial

import nbformat
from nbformat import NotebookNode

from png_reduction import reduce_png
from release import Release, write_opening
from stored_outputs import clean_outputs

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("tags", "mystnb")


def clean(notebook: NotebookNode, release: Release | None = None, relative: str = "") -> list[str]:
    """Bring a notebook into the stored form, in place; return in words what was not.

    With a release, the setup cell and the Colab link of `relative`, a path from the repository's root, are written too.
    Cells that never ran stay without a count: only a run may give them one.
    """
    steps = list(STEPS)
    if release is not None:
        opening = partial(write_opening, release=release, relative=relative)
        steps.insert(2, ("the setup cell or the Colab link is not the release's", opening))
    before, found = copy.deepcopy(notebook), []
    for words, step in steps:
        step(notebook)
        if notebook != before:
            found.append(words)
            before = copy.deepcopy(notebook)
    return found


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _drop_empty_cells(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]


def _clean_metadata(notebook: NotebookNode) -> None:
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        cell.metadata = NotebookNode({key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)})


def _clean_cells(notebook: NotebookNode) -> None:
    for cell in _code_cells(notebook):
        cell.outputs = clean_outputs(cell.outputs)


def _reduce_figures(notebook: NotebookNode) -> None:
    for cell in _code_cells(notebook):
        for data in [output.data for output in cell.outputs if "image/png" in output.get("data", {})]:
            png = base64.b64decode(data["image/png"])
            data["image/png"] = base64.b64encode(reduce_png(png)).decode()


def _number_cells(notebook: NotebookNode) -> None:
    for count, cell in enumerate((c for c in _code_cells(notebook) if c.execution_count is not None), 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


STEPS: tuple[tuple[str, Callable[[NotebookNode], None]], ...] = (
    ("there are empty cells", _drop_empty_cells),
    ("there is metadata that changes from run to run: timing, widget state, an editor's notes", _clean_metadata),
    ("outputs are not in their stored form: split streams, widget views, text beside an image", _clean_cells),
    ("figures hold more colours than they need", _reduce_figures),
    ("execution counts do not run from 1 to n", _number_cells),
)

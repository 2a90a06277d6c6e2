"""The form in which notebooks are stored: what a re-run would give, less all that changes from run to run.

`clean` applies the steps in order and says which of them found something to do. The comparison of stored and fresh
outputs (tests/book/strict_nbval.py) applies `clean_outputs` to the fresh ones.
"""

import base64
import copy
from collections.abc import Callable
from functools import partial

import nbformat
from nbformat import NotebookNode

from png_reduction import reduce_png
from release import Release, write_opening

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("tags", "mystnb")
IMAGE_METADATA = ("width", "height")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def clean(notebook: NotebookNode, release: Release | None = None, relative: str = "") -> list[str]:
    """Bring a notebook into the stored form, in place; return in words what was not.

    With a release, the setup cell and the Colab link of `relative`, a path from the repository's root, are written too.
    Cells that never ran stay without a count: only a run may give them one.
    """
    steps = list(STEPS)
    if release is not None:
        opening = partial(write_opening, release=release, relative=relative)
        steps.insert(1, ("the setup cell or the Colab link is not the release's", opening))
    before, found = copy.deepcopy(notebook), []
    for words, step in steps:
        step(notebook)
        if notebook != before:
            found.append(words)
            before = copy.deepcopy(notebook)
    return found


def clean_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Merge streams, drop widget views, the text beside an image, and metadata other than an image's size."""
    cleaned: list[NotebookNode] = []
    for output in copy.deepcopy(outputs):
        last = cleaned[-1] if cleaned else NotebookNode()
        if output.output_type == "stream" and output.get("name") == last.get("name"):
            last.text += output.text
            continue
        if "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            if any(kind.startswith("image/") for kind in output.data):
                output.data.pop("text/plain", None)
            output.metadata = _image_size(output.metadata)
        cleaned.append(output)
    return cleaned


def _image_size(metadata: NotebookNode) -> NotebookNode:
    size = {key: value for key, value in metadata.get("image/png", {}).items() if key in IMAGE_METADATA}
    return NotebookNode({"image/png": NotebookNode(size)} if size else {})


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

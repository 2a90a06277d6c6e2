"""Find where the notebooks assert or quote their claims, and which claims are not where they belong."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from myst_parser.mdit_to_docutils.base import default_slugify

from superposition.course.ledger import Claim

FUNCTIONS = ("claim", "reported")


@dataclass(frozen=True)
class Place:
    """One call of claim or reported, with the heading that it stands under; an id that is not written out is ""."""

    function: str
    name: str
    heading: str
    anchor: str


def places(notebook: Path) -> list[Place]:
    """List the calls in a notebook from top to bottom."""
    found, heading, seen = [], "", Counter()
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown":
            for heading in headings(cell.source):
                seen[heading] += 1
        elif cell.cell_type == "code":
            repeated = f"-{seen[heading] - 1}" if seen[heading] > 1 else ""
            found += [Place(*call, heading, default_slugify(heading) + repeated) for call in calls(cell.source)]
    return found


def headings(markdown: str) -> list[str]:
    """Return the headings of the first three levels, which have an anchor on the page."""
    starts = ("# ", "## ", "### ")
    return [line.lstrip("# ").strip() for line in markdown.splitlines() if line.startswith(starts)]


def calls(source: str) -> Iterator[tuple[str, str]]:
    """Yield function and id of each call in a code cell, which may hold magics."""
    for node in ast.walk(ast.parse(TransformerManager().transform_cell(source))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            first = node.args[0] if node.args else None
            yield node.func.id, str(first.value) if isinstance(first, ast.Constant) else ""


def misplaced(claims: Iterable[Claim], notebooks: dict[str, list[Place]]) -> list[str]:
    """Return a sentence for each claim that is not asserted exactly once, in the notebook of its own chapter.

    Reported claims are quoted at least once instead. `notebooks` holds the places of each notebook by its name.
    """
    found = [(chapter, place) for chapter, listed in notebooks.items() for place in listed]
    faults = [
        f"{chapter}: an id of {place.function}() is not written out" for chapter, place in found if not place.name
    ]
    uses = [(place.function, place.name) for _, place in found]
    for chapter, place in found:
        if place.name and place.name.split(".")[0] != chapter:
            faults.append(f"{place.name} belongs to another chapter and stands in {chapter}")
    for entry in claims:
        quoted, asserted = uses.count(("reported", entry.id)), uses.count(("claim", entry.id))
        wanted = quoted >= 1 if entry.kind == "reported" else asserted == 1
        if entry.withdrawn and quoted + asserted:
            faults.append(f"{entry.id} is withdrawn and still stands in the notebook")
        elif not entry.withdrawn and not wanted:
            done = f"quoted {quoted}" if entry.kind == "reported" else f"asserted {asserted}"
            faults.append(f"{entry.id} is {done} times")
    return faults

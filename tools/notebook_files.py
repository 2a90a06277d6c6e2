"""Find, read and write the book's notebooks."""

import hashlib
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"


def find_notebooks(paths: list[str] | None = None) -> list[Path]:
    """List the notebooks in files and folders, all of book/ by default; FileNotFoundError names what is neither."""
    found: list[Path] = []
    for path in [Path(name) for name in paths or []] or [BOOK]:
        if path.is_dir():
            found += (p for p in sorted(path.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts)
        elif path.is_file() and path.suffix == ".ipynb":
            found.append(path)
        else:
            raise FileNotFoundError(f"Expected a notebook or a folder, but {path} is neither.")
    return [path.resolve() for path in found]


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook; a cell with no id, or with another cell's, gets one that follows from its place and text."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        seen: set[str] = set()
        for place, cell in enumerate(raw["cells"]):
            if cell.get("id") in seen or not cell.get("id"):
                cell["id"] = hashlib.sha256(f"{place}{cell['source']}".encode()).hexdigest()[:8]
            seen.add(cell["id"])
        raw["nbformat_minor"] = 5
        return nbformat.reads(json.dumps(raw), as_version=4)
    except (ValueError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise ValueError(f"Expected a version 4 notebook, but {path} is not one: {error}") from error


def notebook_text(notebook: NotebookNode) -> str:
    """Write a notebook as text, always in the same way."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def write_notebook(path: Path, notebook: NotebookNode) -> None:
    """Replace the file in one step, so that it is never half written."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(notebook_text(notebook), encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def shown(path: Path) -> str:
    """Name a file as a reader at the root of the project would."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)

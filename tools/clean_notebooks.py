"""Bring notebooks into the form in which they are stored, or say what is not in it.

    python tools/clean_notebooks.py [--check] [notebook or folder ...]

The default is all of book/. Notebooks in book/ also get the setup cell and the Colab link of the release, which follow
from the repository in _config.yml and the version in pyproject.toml. With --check nothing is written, and anything that
cleaning would change, or that only a run can give, makes the exit status 1.
"""

import argparse
import sys
from pathlib import Path

from nbformat import NotebookNode

from notebook_files import BOOK, ROOT, find_notebooks, notebook_text, read_notebook, shown, write_notebook
from release import Release
from stored_form import clean


def clean_for_place(notebook: NotebookNode, path: Path) -> list[str]:
    """Clean a notebook as its place asks: those in the book open with the release's setup cell and link."""
    if path.is_relative_to(BOOK):
        return clean(notebook, Release.of(ROOT), path.relative_to(ROOT).as_posix())
    return clean(notebook)


def never_run(notebook: NotebookNode) -> list[str]:
    """Say which code cells have no execution count: cleaning can't give them one."""
    unrun = [str(n) for n, c in enumerate(notebook.cells, 1) if c.cell_type == "code" and c.execution_count is None]
    return [f"never run: cell {', '.join(unrun)}; run tools/execute_notebooks.py"] if unrun else []


def clean_file(path: Path, check: bool) -> list[str]:
    """Clean one file, unless only checking; return what is wrong with it, or what stays wrong."""
    notebook = read_notebook(path)
    found = clean_for_place(notebook, path)
    changed = notebook_text(notebook) != path.read_text(encoding="utf-8")
    if changed and not check:
        write_notebook(path, notebook)
        print(f"{shown(path)}: cleaned")
    if changed and not found:
        found = ["the file is not written as nbformat writes it"]
    return (found if check else []) + never_run(notebook)


def main(arguments: list[str] | None = None) -> int:
    """Clean or check the notebooks; 0 if all is well, 1 if something is wrong, 2 if one can't be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", help="notebooks or folders (default: book/)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is wrong")
    options = parser.parse_args(arguments)
    status = 0
    try:
        for path in find_notebooks(options.paths):
            for words in clean_file(path, options.check):
                print(f"{shown(path)}: {words}")
                status = 1
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())

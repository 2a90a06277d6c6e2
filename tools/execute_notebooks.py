"""Run notebooks, each in its own folder with a fresh kernel, and store them with their outputs, cleaned.

    python tools/execute_notebooks.py [notebook or folder ...]

The default is all of book/. A notebook that fails is named with the cell and its error, and its file stays as it was.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from clean_notebooks import clean_for_place
from notebook_files import find_notebooks, read_notebook, shown, write_notebook

CELL_TIMEOUT = 120


class CellFailedError(Exception):
    """A cell of a notebook did not run to its end."""


def run_cells(notebook: NotebookNode, folder: Path, timeout: float = CELL_TIMEOUT) -> None:
    """Run all cells in place; CellFailedError says in one line which cell failed and how."""
    where = "the kernel"

    def note(cell: NotebookNode, cell_index: int) -> None:
        nonlocal where
        where = f"cell {cell_index + 1} ({cell.source.strip().splitlines()[0]})"

    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3", record_timing=False, store_widget_state=False,
        extra_arguments=["--log-level=ERROR"], on_cell_start=note, resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    try:
        with tempfile.TemporaryDirectory() as home:
            client.execute(env=kernel_environment(home))
    except CellTimeoutError as error:
        raise CellFailedError(f"{where} ran longer than {timeout:g} seconds") from error
    except DeadKernelError as error:
        raise CellFailedError(f"{where} ended the kernel") from error
    except CellExecutionError as error:
        raise CellFailedError(f"{where} failed with {error.ename}: {error.evalue}") from error


def kernel_environment(home: str) -> dict[str, str]:
    """Environment of a kernel: one thread, so that sums come out alike, figures drawn in the notebook, no progress.

    `home` stands in for the reader's own folder: what somebody has solved here belongs into no stored output.
    """
    kept = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    return kept | {"OMP_NUM_THREADS": "1", "SUPERPOSITION_HOME": home}


def execute_file(path: Path) -> None:
    """Run one notebook and replace its file, or leave the file and raise CellFailedError."""
    notebook = read_notebook(path)
    clean_for_place(notebook, path)
    run_cells(notebook, path.parent)
    clean_for_place(notebook, path)
    write_notebook(path, notebook)


def main(arguments: list[str] | None = None) -> int:
    """Run the notebooks; 0 if all ran, 1 if a cell failed, 2 if a notebook can't be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", help="notebooks or folders (default: book/)")
    status = 0
    try:
        for path in find_notebooks(parser.parse_args(arguments).paths):
            start = time.monotonic()
            try:
                execute_file(path)
                print(f"{shown(path)}: ran in {time.monotonic() - start:.0f} s", flush=True)
            except CellFailedError as error:
                print(f"{shown(path)}: {error}. The file is as it was.", file=sys.stderr)
                status = 1
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())

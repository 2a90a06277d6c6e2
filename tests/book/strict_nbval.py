"""Make nbval strict: `python -m pytest --nbval -p strict_nbval book` runs each chapter and compares every cell.

nbval starts the kernels and runs the cells; this plugin decides what agrees (see output_comparison). Beyond nbval it
refuses cells that were never run, cells that ask to be let off, and cells that write to stderr; it notices a dead
kernel at once, and gives each cell CELL_TIMEOUT seconds where the command line names no other limit.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from nbformat import NotebookNode
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, comment_markers, metadata_tags

from output_comparison import differences
from stored_outputs import clean_outputs

CELL_TIMEOUT = 120
NBVAL_DEFAULT_TIMEOUT = 2000


class DeadKernelError(Exception):
    """The kernel ended while a cell ran."""


class StrictNotebook(IPyNbFile):
    """A notebook whose cells are compared strictly."""

    def setup(self) -> None:
        # what somebody has solved on this machine belongs into no comparison
        self.home = tempfile.TemporaryDirectory()
        os.environ["SUPERPOSITION_HOME"] = self.home.name
        super().setup()
        self.kernel.await_reply = self.await_reply

    def teardown(self) -> None:
        super().teardown()
        del os.environ["SUPERPOSITION_HOME"]
        self.home.cleanup()

    def collect(self) -> Iterator["StrictCell"]:
        for cell in super().collect():
            yield StrictCell.from_parent(
                self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options
            )

    def await_reply(self, msg_id: str, timeout: float) -> None:
        """Wait for the reply to one cell as nbval does, but look every second whether the kernel still lives."""
        end = time.monotonic() + timeout
        while True:
            try:
                return RunningKernel.await_reply(self.kernel, msg_id, timeout=min(1, timeout))
            except Empty:
                if not self.kernel.is_alive():
                    raise DeadKernelError from None
                if time.monotonic() > end:
                    raise


class StrictCell(IPyNbCell):
    """A code cell that must have run, must run again, and must then show what is stored."""

    def runtest(self) -> None:
        if self.cell.execution_count is None and self.cell.source.strip():
            self.raise_cell_error("This cell was never run, so there is nothing to compare with.")
        if marks := [*filter(self.cell.source.count, comment_markers), *filter(self.tags().count, metadata_tags)]:
            self.raise_cell_error(f"This cell asks to be let off: {', '.join(marks)}.")
        if any(output.get("name") == "stderr" for output in self.cell.outputs):
            self.raise_cell_error("This cell writes to stderr.")
        try:
            super().runtest()
        except DeadKernelError:
            self.raise_cell_error("The kernel died while it ran this cell.")

    def tags(self) -> list[str]:
        """List the cell's tags."""
        return self.cell.metadata.get("tags", [])

    def compare_outputs(self, test: list[NotebookNode], ref: list[NotebookNode], skip_compare: object = None) -> bool:
        self.comparison_traceback = differences(ref, clean_outputs(test))
        return not self.comparison_traceback


def pytest_configure(config: pytest.Config) -> None:
    """Set the kernels' environment and the limit for a cell."""
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ.pop("MPLBACKEND", None)
    config.option.nbval_current_env = True
    if config.option.nbval_cell_timeout == NBVAL_DEFAULT_TIMEOUT:
        config.option.nbval_cell_timeout = CELL_TIMEOUT


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Iterator[None]:
    """Put the strict notebook in the place of nbval's."""
    collectors = yield
    return [
        StrictNotebook.from_parent(parent, path=file_path) if isinstance(found, IPyNbFile) else found
        for found in collectors
    ]

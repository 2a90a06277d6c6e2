"""Plant faults in notebooks and show that the strict run, exactly as the book's checks call it, fails on each of them.

A healthy notebook is run and stored by the project's own tools. Each fault is one altered cell; all of them stand in
one notebook, so that few kernels start. A hanging cell and a dead kernel, with their short time limit, run apart.
"""

import copy
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from execute_notebooks import run_cells
from notebook_files import ROOT, write_notebook
from prose_numbers import unbound_numbers
from stored_form import clean

BLANK = "plt.subplots(figsize=(7.2, 2.4))[1].axis('off')\nplt.show()"
PROSE = "The loss is .268 over three seeds."
IMPORTS = """\
import secrets
import matplotlib.pyplot as plt
import torch
from superposition import frames
noise = 1 + 1e-4 * secrets.SystemRandom().uniform(-1, 1)"""
HEALTHY = {
    "number": 'print(f"loss {0.26834 * noise:.5f} over {3} seeds")',
    "tensor": "torch.arange(1.5, 5) * noise",
    "helper": "frames.gram(frames.polygon(5)) * noise",
    "figure": """\
fig, axes = plt.subplots(1, 3, figsize=(7.2, 2.4))
for slope, ax in enumerate(axes):
    ax.plot([0, 1], [0, slope * noise], [0, 1], [1, 0])
plt.show()""",
    "progress": 'import os\nprint(os.listdir(os.environ["SUPERPOSITION_HOME"]))',
    "other figure": "plt.bar([1, 2, 3], [1, 4 * noise, 9])\nplt.show()",
}
HELPER_OF_ZEROS = """\
import torch


def polygon(n_features):
    return torch.zeros(2, n_features, dtype=torch.float64)


def gram(W):
    return W.T @ W
"""


def changed(cell, source=lambda text: text, text=lambda text: text):
    """Copy a cell with its source, or what is stored of its text, altered."""
    cell = copy.deepcopy(cell)
    cell.source = source(cell.source)
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = text(output.text)
        elif "text/plain" in output.data:
            output.data["text/plain"] = text(output.data["text/plain"])
    return cell


def with_parts(cell, **parts):
    cell = copy.deepcopy(cell)
    cell.update(parts)
    return cell


def add(line):
    return lambda source: f"{source}\n{line}"


def faulty_cells(stored):
    """Name each planted fault, with the altered cell and the words that must explain its failure."""
    number, tensor, helper, figure = (stored[name] for name in ("number", "tensor", "helper", "figure"))
    moved = changed(figure, source=lambda text: text.replace("[1, 0]", "[1, 0 + 0.5 * (slope == 1)]"))
    return {
        "wrong number": (
            changed(number, text=lambda t: re.sub(r"0\.268", "0.269", t)),
            "a number changed: stored 0.269",
        ),
        "wrong integer": (changed(number, text=lambda t: t.replace("3 seeds", "4 seeds")), "stored 'over 4 seeds'"),
        "wrong word": (changed(number, text=lambda t: t.replace("loss", "gain")), "stored 'gain', the run gave 'loss'"),
        "wrong tensor": (changed(tensor, text=lambda t: re.sub(r"4\.\d+\]", "4.6000]", t)), "a number changed"),
        "exception": (changed(number, source=add("1 / 0")), "ZeroDivisionError"),
        "warning": (changed(number, source=add("import warnings; warnings.warn('odd')")), "gave stdout, stderr"),
        "helper that returns zeros": (helper, "the run gave 0."),
        "stripped outputs": (with_parts(number, outputs=[]), "stored are no outputs"),
        "stripped cell": (with_parts(number, outputs=[], execution_count=None), "never run"),
        "lets itself off": (with_parts(number, metadata={"tags": ["nbval-ignore-output"]}), "asks to be let off"),
        "marks itself off": (changed(number, source=add("# NBVAL_SKIP")), "asks to be let off"),
        "extra figure": (changed(figure, source=add("plt.figure(); plt.show()")), "stored are image/png"),
        "blank figure": (
            with_parts(figure, source=BLANK),
            "the figure is blank",
        ),
        "swapped figure": (with_parts(figure, outputs=stored["other figure"].outputs), "the figure"),
        "moved line": (moved, "the figure changed"),
    }


FAULTS = sorted(faulty_cells({name: new_code_cell(HEALTHY[name]) for name in HEALTHY}))


def strict_run(*notebooks, options=(), first_on_path=()):
    """Start the strict run of some notebooks, as a process of its own."""
    path = os.pathsep.join([*map(str, first_on_path), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "strict_nbval", "--color=no", *options]
    command += [
        "-c",
        "pyproject.toml",
        "-p",
        "no:cacheprovider",
        f"--junitxml={notebooks[0]}.xml",
        *map(str, notebooks),
    ]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)


def failures(process):
    """Wait for a strict run; give the failure of each cell, empty where it passed, and the exit status."""
    output, _ = process.communicate(timeout=240)
    report = next(word.removeprefix("--junitxml=") for word in process.args if word.startswith("--junitxml="))
    assert os.path.exists(report), output
    cells = ElementTree.parse(report).iter("testcase")
    found = ["\n".join(part.text for part in case if part.tag in ("failure", "error")) for case in cells]
    return found, process.returncode


def store(folder, name, cells):
    cells = [with_parts(cell, id=f"cell-{place}") for place, cell in enumerate(cells)]
    notebook = new_notebook(cells=[new_markdown_cell(PROSE), *cells])
    clean(notebook)
    path = folder / f"{name}.ipynb"
    write_notebook(path, notebook)
    return path


@pytest.fixture(scope="module")
def stored_cells(tmp_path_factory):
    """Run the healthy cells once and bring them into the stored form."""
    cells = [new_code_cell(source) for source in (IMPORTS, *HEALTHY.values())]
    notebook = new_notebook(cells=[new_markdown_cell(PROSE), *cells])
    run_cells(notebook, tmp_path_factory.mktemp("healthy"))
    clean(notebook)
    return notebook.cells[1:]


@pytest.fixture(scope="module")
def runs(stored_cells, tmp_path_factory):
    """Run strictly: the healthy notebook; the altered one, with a stubbed helper; the hang and the dead kernel."""
    folder = tmp_path_factory.mktemp("planted")
    faults = faulty_cells(dict(zip(HEALTHY, stored_cells[1:], strict=True)))
    sound = store(folder, "sound", stored_cells)
    altered = store(folder, "altered", [stored_cells[0], *(faults[name][0] for name in FAULTS)])
    hanging = store(folder, "hanging", [new_code_cell("import time\ntime.sleep(60)", execution_count=1)])
    dying = store(folder, "dying", [new_code_cell("import os\nos._exit(1)", execution_count=1)])
    package = folder / "stub" / "superposition"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "frames.py").write_text(HELPER_OF_ZEROS)
    started = {
        "sound": strict_run(sound),
        "altered": strict_run(altered, first_on_path=[package.parent]),
        "ended": strict_run(hanging, dying, options=["--nbval-cell-timeout=3"]),
    }
    return {name: failures(process) for name, process in started.items()}


def test_healthy_notebook_passes_despite_noise(runs):
    assert runs["sound"] == ([""] * (1 + len(HEALTHY)), 0)


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_fails(name, runs, stored_cells):
    found, status = runs["altered"]
    words = faulty_cells(dict(zip(HEALTHY, stored_cells[1:], strict=True)))[name][1]
    assert words in found[1 + FAULTS.index(name)]
    assert status == 1


def test_hanging_cell_and_dead_kernel_fail(runs):
    (hanging, dying), status = runs["ended"]
    assert "Timeout of 3 seconds exceeded" in hanging
    assert "The kernel died while it ran this cell" in dying
    assert status == 1


def test_changed_prose_number_fails(stored_cells):
    notebook = new_notebook(cells=[new_markdown_cell(PROSE), *stored_cells])
    assert unbound_numbers(notebook) == []
    notebook.cells[0].source = PROSE.replace(".268", ".269")
    assert unbound_numbers(notebook) == ["cell 1: .269 is in the prose, but no cell prints it"]

"""A chapter runs as in Colab: its notebook alone in an empty folder, the package from its wheel."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
RUNTIMES = tomllib.loads((Path(__file__).parent / "colab_preinstalled.toml").read_text(encoding="utf-8"))
PYTHONS = ("3.11", "3.12", "3.13")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
SECONDS = 600

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)


def run(*command, also=None, **options):
    """Run a command without a view of the checkout, show what it said if it fails, and return its output."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MPLBACKEND")}
    environment |= also or {}
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=environment, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel as a release does, with what is installed: nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel):
    """Read what the wheel says about itself."""
    with ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_string(archive.read(name).decode())


@pytest.fixture(scope="module")
def fresh_python(wheel, tmp_path_factory):
    """Make an environment with the wheel in it, where the running one stands for what Colab has installed.

    Its packages are named in a .pth file; a .pth file of theirs, by which a checkout could be seen, is not followed.
    """
    folder = tmp_path_factory.mktemp("colab")
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    python = folder / "bin" / "python"
    run(*PIP, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = folder.glob("lib/python*/site-packages")
    preinstalled = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "preinstalled.pth").write_text("\n".join(sorted(preinstalled)), encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def kernel_home(fresh_python, tmp_path_factory):
    """Register the fresh environment's kernel under the name colab, and return the folder where Jupyter finds it."""
    folder = tmp_path_factory.mktemp("jupyter")
    command = [str(fresh_python), "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
    (folder / "kernels" / "colab").mkdir(parents=True)
    spec = {"argv": command, "display_name": "Colab", "language": "python"}
    (folder / "kernels" / "colab" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return folder


def setup_cell(notebook):
    """Return the cell that installs the package where it is missing."""
    (cell,) = [c for c in notebook.cells if c.cell_type == "code" and "%pip" in c.source]
    return cell


EXECUTE = "from nbclient.cli import main; main()"


@each_chapter
def test_a_chapter_runs_alone_in_an_empty_folder(chapter, fresh_python, kernel_home, tmp_path):
    notebook = nbformat.read(chapter, as_version=4)
    where = "import superposition\nprint(superposition.__file__, superposition.__version__)"
    notebook.cells.append(nbformat.v4.new_code_cell(where))
    (tmp_path / "empty").mkdir()
    alone = tmp_path / "empty" / chapter.name
    nbformat.write(notebook, alone)
    homes = {"JUPYTER_PATH": str(kernel_home), "SUPERPOSITION_HOME": str(tmp_path / "home"), "OMP_NUM_THREADS": "1"}
    run(sys.executable, "-c", EXECUTE, "--inplace", "--kernel_name=colab", str(alone), also=homes)
    done = nbformat.read(alone, as_version=4)
    file, version = done.cells[-1].outputs[0].text.split()
    assert Path(file).is_relative_to(fresh_python.parents[1])
    assert version == tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert setup_cell(done).outputs == []
    assert list(alone.parent.iterdir()) == [alone]


def test_a_notebook_that_fails_there_is_told(kernel_home, tmp_path):
    cells = [nbformat.v4.new_code_cell("import no_such_package_in_colab")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "alone.ipynb")
    homes = {"JUPYTER_PATH": str(kernel_home)}
    with pytest.raises(AssertionError, match="No module named 'no_such_package_in_colab'"):
        run(sys.executable, "-c", EXECUTE, "--kernel_name=colab", str(tmp_path / "alone.ipynb"), also=homes)


SETUP_TRIAL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
cell, missing = json.load(sys.stdin)
if missing:
    sys.modules["superposition"] = None  # an import of it now says that there is no such module
shell, asked = InteractiveShell.instance(), []
shell.register_magic_function(asked.append, magic_name="pip")
assert shell.run_cell(cell).success
print(json.dumps(asked))
"""


def asked_of_pip(fresh_python, chapter, missing, folder):
    """Run a chapter's setup cell with a pip that only writes down what it is asked."""
    cell = setup_cell(nbformat.read(chapter, as_version=4)).source
    out = run(str(fresh_python), "-c", SETUP_TRIAL, input=json.dumps([cell, missing]), cwd=folder)
    return json.loads(out.splitlines()[-1])


@each_chapter
def test_the_setup_cell_does_nothing_where_the_package_imports(chapter, fresh_python, tmp_path):
    assert asked_of_pip(fresh_python, chapter, False, tmp_path) == []


@each_chapter
def test_the_setup_cell_asks_for_one_release_and_no_upgrade_elsewhere(chapter, fresh_python, tmp_path):
    (line,) = asked_of_pip(fresh_python, chapter, True, tmp_path)
    assert re.fullmatch(r'install -q "superposition-book @ git\+https://github\.com/[\w.-]+/[\w.-]+@v[\d.]+"', line)


def requirements(metadata):
    return [Requirement(line) for line in metadata.get_all("Requires-Dist") or []]


def test_every_dependency_is_a_lower_bound_alone(metadata):
    assert requirements(metadata)
    for needed in requirements(metadata):
        assert [bound.operator for bound in needed.specifier] == [">="], needed
        assert not needed.url, needed
        assert not needed.extras, needed


@pytest.mark.parametrize("python", PYTHONS)
def test_the_wheel_installs_on_each_python(python, wheel, metadata, tmp_path):
    assert SpecifierSet(metadata["Requires-Python"]).contains(f"{python}.0")
    out = run(
        *(*PIP, "install", "--dry-run", "--no-deps", "--no-index", "--only-binary=:all:", "--ignore-installed"),
        *("--python-version", python, "--target", str(tmp_path), str(wheel)),
    )
    assert "Would install superposition-book-" in out


def test_an_older_python_is_refused(metadata):
    assert not SpecifierSet(metadata["Requires-Python"]).contains("3.10.9")


def wanted(needed):
    """Tell whether a requirement holds for an installation that asks for no extra."""
    return needed.marker is None or needed.marker.evaluate({"extra": ""})


def changed_or_unknown(needs, installed):
    """Follow what has to be added to a runtime; return what would change in it, and what we know nothing about."""
    waiting, faults = [needed for needed in needs if wanted(needed)], []
    for needed in waiting:
        version = installed.get(needed.name.lower().replace("_", "-"))
        if version is None:
            faults.append(f"{needed.name} is not in the table")
        elif version and not needed.specifier.contains(version):
            faults.append(f"{needed} would replace {version}")
        elif not version:
            further = map(Requirement, importlib.metadata.requires(needed.name) or [])
            waiting += filter(wanted, further)
    return faults


def test_a_cluster_is_an_extra_that_nobody_gets_unasked(metadata):
    assert metadata.get_all("Provides-Extra") == ["cluster"]
    asked = [needed.name for needed in requirements(metadata) if not wanted(needed)]
    assert asked == ["distributed"]


def test_installing_the_package_changes_nothing_that_the_newest_runtime_brings(metadata):
    assert changed_or_unknown(requirements(metadata), RUNTIMES["2026.01"]) == []


@pytest.mark.parametrize("name", RUNTIMES)
def test_each_runtime_of_colab_is_new_enough(name, metadata):
    installed = RUNTIMES[name]
    assert SpecifierSet(metadata["Requires-Python"]).contains(installed["python"])
    known = [needed for needed in requirements(metadata) if needed.name in installed]
    assert {"torch", "numpy"} <= {needed.name for needed in known}
    assert changed_or_unknown(known, installed) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("torch>=2.10", "torch>=2.10 would replace 2.9.0"),
        ("numpy<2", "numpy<2 would replace 2.0.2"),
        ("pandas>=2", "pandas is not in the table"),
    ],
)
def test_a_requirement_that_would_change_a_runtime_is_found(line, fault):
    assert changed_or_unknown([Requirement(line)], RUNTIMES["2026.01"]) == [fault]


def test_what_an_added_package_needs_is_followed(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["numpy>=3", "pytest; extra == 'dev'"])
    faults = changed_or_unknown([Requirement("jaxtyping>=0.2")], RUNTIMES["2026.01"])
    assert faults == ["numpy>=3 would replace 2.0.2"]

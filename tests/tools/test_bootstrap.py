"""The environment is made once, repaired when half made, and what stands in the way is said in one sentence."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Stands in for python3: it answers what the script asks, and makes an environment whose python is itself.
FAKE_PYTHON = """#!/bin/sh
case "$*" in
    *'%d.%d'*) {broken}echo {version} ;;
    *'(3, 11)'*) {recent} ;;
    *ensurepip*) {has_venv} ;;
    '-m venv .venv') mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *'pip install'*) echo installing >>installs; {install} ;;
esac
"""
WORKING = {"broken": "", "version": "3.12", "recent": "true", "has_venv": "true", "install": "true"}


def checkout(folder: Path, **faults: str) -> Path:
    """Make a small checkout with a fake python in it."""
    (folder / "tools").mkdir(exist_ok=True)
    shutil.copy(ROOT / "tools" / "bootstrap.sh", folder / "tools")
    for name in ("requirements.txt", "pyproject.toml"):
        (folder / name).write_text(f"# {name}\n")
    python = folder / "fake-python"
    python.write_text(FAKE_PYTHON.format(**(WORKING | faults)))
    python.chmod(0o755)
    return folder


def bootstrap(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script from elsewhere, as make might."""
    environment = os.environ | {"PYTHON": str(folder / "fake-python")}
    command = ["sh", str(folder / "tools" / "bootstrap.sh")]
    return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)


def n_installs(folder: Path) -> int:
    return len((folder / "installs").read_text().splitlines())


def test_the_second_run_reuses_the_environment(tmp_path: Path) -> None:
    checkout(tmp_path)
    assert bootstrap(tmp_path).returncode == 0
    again = bootstrap(tmp_path)
    assert (again.returncode, again.stdout, n_installs(tmp_path)) == (0, "", 1)


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_changed_list_is_installed_in_place(name: str, tmp_path: Path) -> None:
    bootstrap(checkout(tmp_path))
    (tmp_path / ".venv" / "kept").touch()
    (tmp_path / name).write_text("changed\n")
    assert bootstrap(tmp_path).returncode == 0
    assert n_installs(tmp_path) == 2
    assert (tmp_path / ".venv" / "kept").exists()


def test_an_update_that_fails_costs_nobody_the_environment(tmp_path: Path) -> None:
    bootstrap(checkout(tmp_path))
    (tmp_path / ".venv" / "kept").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    working = python.read_text()
    python.write_text(FAKE_PYTHON.format(**(WORKING | {"install": "echo NewConnectionError; false"})))
    (tmp_path / "pyproject.toml").write_text("changed\n")
    assert bootstrap(tmp_path).returncode == 1
    python.write_text(working)
    assert bootstrap(tmp_path).returncode == 0
    assert (tmp_path / ".venv" / "kept").exists()


def test_an_interrupted_installation_is_made_again_from_nothing(tmp_path: Path) -> None:
    checkout(tmp_path, install="kill -9 $PPID; exit 1")
    assert bootstrap(tmp_path).returncode != 0
    (tmp_path / ".venv" / "half").touch()
    assert bootstrap(checkout(tmp_path)).returncode == 0
    assert not (tmp_path / ".venv" / "half").exists()


def test_an_environment_without_its_python_is_made_again(tmp_path: Path) -> None:
    bootstrap(checkout(tmp_path))
    (tmp_path / ".venv" / "bin" / "python").unlink()
    assert bootstrap(tmp_path).returncode == 0
    assert n_installs(tmp_path) == 2


def test_a_moved_checkout_gets_its_environment_anew(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    bootstrap(checkout(tmp_path / "here"))
    moved = (tmp_path / "here").rename(tmp_path / "there")
    assert bootstrap(moved).returncode == 0
    assert n_installs(moved) == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"broken": "exit 127; "}, "does not run"),
        ({"version": "3.9", "recent": "false"}, "is Python 3.9"),
        ({"has_venv": "false"}, "lacks its venv module"),
        ({"install": "echo NewConnectionError; false"}, "no network"),
        ({"install": "echo 'ERROR: No matching distribution'; false"}, "could not be installed: ERROR: No matching"),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(fault: dict[str, str], expected: str, tmp_path: Path) -> None:
    run = bootstrap(checkout(tmp_path, **fault))
    assert run.returncode == 1
    assert expected in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert not (tmp_path / ".venv" / "made-from").exists()

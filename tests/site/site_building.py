"""Build the site in a folder of its own, for the repository that `_config.yml` names or for a trial one."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

TRIAL = "https://github.com/someone/trial-book"
PACKAGES = {"chromium": "chromium", "java": "default-jre-headless"}
SOURCES = ("_config.yml", "_toc.yml", "references.bib", "book", "extensions", "helpers")


@dataclass(frozen=True)
class Build:
    """What a build left behind: its folder, its exit status and what it printed."""

    folder: Path
    status: int
    log: str


def find(tool: str) -> str | None:
    """Return the path of a command, or None."""
    return shutil.which(tool)


def configuration(root: Path) -> dict[str, Any]:
    """Return the settings of the site."""
    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))


def toc_pages(root: Path) -> list[str]:
    """Return the address of every page in the table of contents, in order."""
    text = (root / "_toc.yml").read_text("utf-8")
    return [f"{name}.html" for name in re.findall(r"^\s*(?:- file|root):\s*(\S+)", text, re.MULTILINE)]


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of a parallel run have in common."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def build_once(target: Path, prepare: Callable[[], Path]) -> Build:
    """Build the folder that prepare returns into target, or wait for the worker that does and take its result."""
    target.mkdir(exist_ok=True)
    record = target / "status"
    with (target / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            status, log = run_build(prepare(), target)
            (target / "log").write_text(log, "utf-8")
            record.write_text(str(status))
    return Build(target / "_build" / "html", int(record.read_text()), (target / "log").read_text("utf-8"))


def run_build(source: Path, target: Path) -> tuple[int, str]:
    """Run Jupyter Book with warnings as errors; return its exit status and output."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(source), "--path-output", str(target)]
    done = subprocess.run([*command, "-W", "-n", "--keep-going", "--all"], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def trial_tree(root: Path, target: Path) -> Path:
    """Copy what the site is built from, with the trial repository in place of the configured one; return the copy."""
    target.mkdir()
    slug, trial = (url.removeprefix("https://github.com/") for url in (configuration(root)["repository"]["url"], TRIAL))
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (root / name).exists():
            shutil.copyfile(root / name, target / name)
    for file in (target / "_config.yml", *target.glob("book/**/*.ipynb")):
        file.write_text(file.read_text("utf-8").replace(slug, trial), "utf-8")
    return target

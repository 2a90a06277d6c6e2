"""Node, which runs the figures' modules without a browser."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from superposition import widgets

RUNNERS, MODULES = Path(__file__).parent, Path(widgets.__file__).parent
Call = Callable[[str, list[dict]], list[Any]]


@pytest.fixture(scope="session")
def polygon(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Call a function of polygon.js on many cases at once."""
    return caller("polygon", tmp_path_factory)


@pytest.fixture(scope="session")
def ripples(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Call a function of ripples.js on many cases at once."""
    return caller("ripples", tmp_path_factory)


@pytest.fixture(scope="session")
def head(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Call a function of attention_head.js on many cases at once."""
    return caller("attention_head", tmp_path_factory)


@pytest.fixture(scope="session")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Call a function of zoo.js on many cases at once."""
    return caller("zoo", tmp_path_factory)


@pytest.fixture(scope="session")
def border(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Call a function of border.js on many cases at once."""
    return caller("border", tmp_path_factory)


def caller(figure: str, tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Return what calls a function of a figure's module in node, by way of the figure's runner."""
    node = shutil.which("node")
    if node is None:
        reason = "the live figure's maths was not compared: no node found (Debian: apt-get install nodejs)"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip)(reason)
    module = tmp_path_factory.mktemp("figures") / f"{figure}.mjs"  # node takes a .js file for something older
    shutil.copyfile(MODULES / f"{figure}.js", module)

    def call(name: str, cases: list[dict]) -> list[Any]:
        request = json.dumps({"name": name, "cases": cases})
        command = [node, str(RUNNERS / f"run_{figure}.mjs"), str(module)]
        done = subprocess.run(command, input=request, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call

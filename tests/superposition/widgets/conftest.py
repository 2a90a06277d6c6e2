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

RUNNER = Path(__file__).parent / "run_polygon.mjs"
MODULE = Path(widgets.__file__).parent / "polygon.js"


@pytest.fixture(scope="session")
def polygon(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, list[dict]], list[Any]]:
    """Call a function of polygon.js on many cases at once."""
    node = shutil.which("node")
    if node is None:
        reason = "the live figure's maths was not compared: no node found (Debian: apt-get install nodejs)"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip)(reason)
    module = tmp_path_factory.mktemp("figures") / "polygon.mjs"  # node takes a .js file for something older
    shutil.copyfile(MODULE, module)

    def call(name: str, cases: list[dict]) -> list[Any]:
        request = json.dumps({"name": name, "cases": cases})
        command = [node, str(RUNNER), str(module)]
        done = subprocess.run(command, input=request, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call

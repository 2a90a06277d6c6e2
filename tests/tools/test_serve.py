"""The site is served on this machine alone, at a free port, and trouble is one sentence."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import serve

SCRIPT = Path(serve.__file__)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<title>the book</title>")
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((serve.HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_passed_over_and_the_page_is_served(site: Path, taken: int) -> None:
    command = [sys.executable, str(SCRIPT), str(site), "--port", str(taken)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        moved, address = process.stdout.readline(), process.stdout.readline()
        try:
            page = urllib.request.urlopen(address.split()[4]).read()
        finally:
            process.terminate()
    assert moved.startswith(f"Port {taken} is in use")
    assert page == b"<title>the book</title>"


def test_the_server_listens_on_this_machine_alone(site: Path) -> None:
    with serve.first_free(8000, site) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_no_free_port_is_one_sentence(site: Path, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "N_PORTS", 1)
    with pytest.raises(SystemExit, match=f"ports {taken} to {taken} are all in use"):
        serve.first_free(taken, site)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nowhere"], "nowhere holds no index.html: run make site first."),
        (["nowhere", "--port", "70000"], "expected a port from 1024 to 65535, got '70000'"),
        (["nowhere", "--port", "book"], "expected a port from 1024 to 65535, got 'book'"),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], expected: str) -> None:
    run = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert run.stderr.strip().endswith(expected)
    assert "Traceback" not in run.stderr

import pytest
import torch


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own for every test, so that nobody's progress is read or written."""
    monkeypatch.setenv("SUPERPOSITION_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    torch.set_num_threads(1)

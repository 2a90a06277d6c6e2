"""The run of all checks goes on after a failure, counts every test and lets nothing pass unseen."""

from pathlib import Path

import pytest

import run_checks
from run_checks import Stage

GREEN = Stage("green", ("pytest", "-q"), ("green",))
RED = Stage("red", ("pytest", "-q"), ("red",))
EMPTY = Stage("empty", ("pytest", "-q"), ("empty",))
ABSENT = Stage("absent", ("pytest", "-q"), ("absent",))
BROKEN_LINT = Stage("lint", ("json.tool", "nowhere.json"))
SOURCES = {
    "green": "import pytest\ndef test_a(): pass\ndef test_b(): pass\ndef test_c(): pytest.skip('no piano')\n",
    "red": "def test_a(): assert False\n",
    "empty": "",
}


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in SOURCES.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"test_{name}.py").write_text(source)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.setattr(run_checks, "ROOT", tmp_path)
    monkeypatch.setattr(run_checks, "REPORTS", tmp_path / "reports")
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.parametrize(
    ("stages", "status", "closing"),
    [
        ((GREEN,), 0, "2 passed, 0 failed, 1 skipped"),
        ((RED, GREEN), 1, "2 passed, 1 failed, 1 skipped"),
        ((BROKEN_LINT, GREEN), 1, "2 passed, 0 failed, 1 skipped"),
        ((EMPTY, GREEN), 1, "2 passed, 0 failed, 1 skipped"),
        ((ABSENT, GREEN), 0, "2 passed, 0 failed, 1 skipped"),
    ],
    ids=["green", "red", "lint", "empty", "absent"],
)
def test_all_stages_run_and_are_counted(
    stages: tuple[Stage, ...], status: int, closing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(run_checks, "STAGES", stages)
    assert run_checks.main() == status
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == closing
    assert "1 tests skipped: no piano" in printed


@pytest.mark.parametrize(("required", "status"), [("", 0), ("1", 1)])
def test_a_skipped_test_fails_where_everything_must_run(
    required: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(run_checks, "STAGES", (GREEN,))
    monkeypatch.setenv("REQUIRE_BROWSER", required)
    assert run_checks.main() == status
    assert "1 tests skipped: no piano" in capsys.readouterr().out

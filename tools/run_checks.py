"""Run every check of the project, one stage after another, and say at the end what passed and how long it took.

Tests skip themselves where a program is missing (a browser, Java); REQUIRE_BROWSER=1 makes that a failure.
"""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "_build" / "checks"
COVERAGE = ("--cov=superposition", "--cov-branch", "--cov-report=term-missing:skip-covered")


@dataclass(frozen=True)
class Stage:
    """A named command; with `folders` it is pytest over those of them that exist."""

    name: str
    command: tuple[str, ...]
    folders: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """Return the whole command line, empty when there is nothing to run it on."""
        present = [folder for folder in self.folders if (ROOT / folder).exists()]
        if self.folders and not present:
            return []
        report = [f"--junit-xml={REPORTS / self.name}.xml"] if self.folders else []
        return [sys.executable, "-m", *self.command, *present, *report]


STAGES = (
    Stage("lint", ("ruff", "check", ".")),
    Stage("format", ("ruff", "format", "--check", ".")),
    Stage("types", ("basedpyright",)),
    Stage(
        "package",
        ("pytest", "-n", "2", *COVERAGE),
        ("tests/superposition", "tests/course", "tests/tools", "tests/test_architecture.py"),
    ),
    Stage("book", ("pytest", "-n", "2", "--dist", "loadfile"), ("tests/book",)),
    Stage("notebooks", ("pytest", "--nbval", "-p", "strict_nbval", "-n", "2", "--dist", "loadfile"), ("book",)),
    Stage("site", ("pytest", "-n", "2", "--dist", "loadfile"), ("tests/site",)),
)


def run(stage: Stage) -> tuple[str, float]:
    """Run one stage and return its outcome and its seconds."""
    print(f"\n== {stage.name}", flush=True)
    start = time.monotonic()
    arguments = stage.arguments()
    if not arguments:
        return f"nothing to run: no {' or '.join(stage.folders)}", 0.0
    status = subprocess.run(arguments, cwd=ROOT, check=False).returncode
    return "passed" if status == 0 else f"FAILED (exit {status})", time.monotonic() - start


def tally(reports: list[Path]) -> tuple[int, int, list[str]]:
    """Add up pytest's reports: tests passed, tests failed, and the reason of each test that was skipped."""
    passed, failed, reasons = 0, 0, []
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):
            skipped = case.find("skipped")
            if skipped is not None:
                reasons.append(skipped.get("message", "no reason given"))
            elif case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            else:
                passed += 1
    return passed, failed, reasons


def main() -> int:
    """Run all stages, even after a failure, and return the exit status."""
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    outcomes = [(stage.name, *run(stage)) for stage in STAGES]
    outcomes.append(("total", "", sum(seconds for *_, seconds in outcomes)))
    passed, failed, reasons = tally(sorted(REPORTS.glob("*.xml")))
    red = any(outcome.startswith("FAILED") for _, outcome, _ in outcomes)
    print()
    for name, outcome, seconds in outcomes:
        print(f"{name:<10} {seconds:6.1f} s  {outcome}")
    for reason in sorted(set(reasons)):
        print(f"{reasons.count(reason)} tests skipped: {reason}")
    if reasons and os.environ.get("REQUIRE_BROWSER") == "1":
        print("A skipped test counts as a failure here.")
        red = True
    print(f"{passed} passed, {failed} failed, {len(reasons)} skipped")
    return int(red)


if __name__ == "__main__":
    sys.exit(main())

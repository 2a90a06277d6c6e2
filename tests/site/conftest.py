"""Build the site once, serve it as GitHub Pages would, and open it in a browser; the tests of one worker share them."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("extensions", "tools", "tests/site")]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

import site_building as building  # noqa: E402
import site_live  # noqa: E402
import site_serving as serving  # noqa: E402
import site_visiting as visiting  # noqa: E402
from site_repository import Repository  # noqa: E402


def need(tool: str, what: str) -> str:
    """Return the path of a tool; where it is missing skip, or fail when REQUIRE_BROWSER=1 demands it."""
    path = building.find(tool)
    if not path:
        reason = f"{what} did not run: no {tool} found (Debian: apt-get install {building.PACKAGES[tool]})"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip)(reason)
    return path


@pytest.fixture(scope="session")
def java() -> str:
    """Path of java, which the HTML validator runs in."""
    return need("java", "the HTML validator")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> building.Build:
    """The site as the working tree builds it."""
    return building.build_once(building.shared_folder(tmp_path_factory) / "site", lambda: ROOT)


@pytest.fixture(scope="session")
def site(built: building.Build) -> Path:
    """Folder of the built site."""
    assert built.status == 0, built.log
    return built.folder


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the same site built for a repository that has an owner."""
    folder = building.shared_folder(tmp_path_factory)
    result = building.build_once(folder / "trial", lambda: building.trial_tree(ROOT, folder / "trial-tree"))
    assert result.status == 0, result.log
    return result.folder


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[serving.Server]:
    """The built site under its deploy prefix, compressed, on a free port of this machine."""
    prefix = Repository.parse(building.configuration(ROOT)["repository"]["url"]).site_prefix
    with serving.serve(site, prefix) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, started once."""
    executable = need("chromium", "browser checks")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=list(visiting.FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def visit(browser: Browser, server: serving.Server) -> Callable[[str], visiting.Visit]:
    """Open a page once and keep what was seen, for all the tests that ask about it."""
    seen: dict[str, visiting.Visit] = {}

    def once(name: str) -> visiting.Visit:
        if name not in seen:
            seen[name] = visiting.visit(browser, server, name)
        return seen[name]

    return once


@pytest.fixture(scope="session")
def figures_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[serving.Server]:
    """Pages of live figures alone, which need no built site."""
    with serving.serve(site_live.copy_figures(tmp_path_factory.mktemp("figures")), "/book/") as running:
        yield running


@pytest.fixture
def figures(browser: Browser, figures_server: serving.Server) -> Iterator[site_live.Figures]:
    """A hand that opens pages of live figures; at the end nothing may stand in their consoles."""
    hand = site_live.Figures(browser, figures_server)
    yield hand
    hand.close()
    assert hand.complaints == []

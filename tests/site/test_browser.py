"""Every page in the browser: nothing from elsewhere, nothing on the console, no finding of axe-core, no overflow."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page

import site_building as building
from site_serving import Server
from site_visiting import DESKTOP, PHONE, SETTLED, Visit

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = building.toc_pages(ROOT)
MISSING = "no/such/page.html"
PAGES = [*CHAPTERS, "search.html?q=notation", MISSING]
KIB = 1024
LIGHT_PAGE, MATHS_PAGE = 240 * KIB, 600 * KIB
Visiting = Callable[[str], Visit]
every_page = pytest.mark.parametrize("name", PAGES)


@every_page
def test_no_request_leaves_the_site(visit: Visiting, name: str) -> None:
    assert visit(name).elsewhere == []


@every_page
def test_console_stays_empty(visit: Visiting, name: str) -> None:
    messages = visit(name).console
    assert (["404" in message for message in messages] == [True]) if name == MISSING else (messages == [])


@every_page
def test_every_response_is_good(visit: Visiting, name: str, server: Server) -> None:
    expected = [f"404 {server.address}{MISSING}"] if name == MISSING else []
    assert visit(name).failed == expected
    assert visit(name).status == (404 if name == MISSING else 200)


@every_page
@pytest.mark.parametrize("setting", ["light 1280", "dark 1280", "light 360", "dark 360"])
def test_axe_finds_nothing(visit: Visiting, name: str, setting: str) -> None:
    assert visit(name).findings[setting] == []


@every_page
def test_nothing_is_wider_than_the_window(visit: Visiting, name: str) -> None:
    assert visit(name).too_wide == {DESKTOP["width"]: 0, PHONE["width"]: 0}


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_formula_is_set(visit: Visiting, name: str, site: Path) -> None:
    written = BeautifulSoup((site / name).read_text("utf-8"), "html.parser").select(".math")
    assert (visit(name).formulas, visit(name).broken_formulas) == (len(written), [])


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_live_figure_can_be_touched(visit: Visiting, name: str) -> None:
    assert visit(name).idle_figures == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_theme_frames_no_live_figure(visit: Visiting, name: str) -> None:
    assert visit(name).framed_figures == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_page_weight(visit: Visiting, name: str, server: Server) -> None:
    text = [url for url in visit(name).loaded if "/_images/" not in url and url.startswith(server.address)]
    limit = MATHS_PAGE if any("mathjax" in url for url in text) else LIGHT_PAGE
    weights = {url.removeprefix(server.address): server.weight(url) for url in text}
    assert sum(weights.values()) <= limit, sorted(weights.items(), key=lambda item: -item[1])[:8]


@pytest.fixture
def page(browser: Browser, server: Server) -> Page:
    context = browser.new_context(viewport=DESKTOP, color_scheme="light", reduced_motion="reduce")
    opened = context.new_page()
    opened.goto(server.address + CHAPTERS[0])
    opened.evaluate(SETTLED)
    yield opened
    context.close()


def test_search_by_keyboard_finds_a_page(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("notation")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=notation*")
    hits = page.locator("#search-results ul.search li > a")
    hits.first.wait_for()
    found = [hit.get_attribute("href") or "" for hit in hits.all()]
    assert any("notation.html" in address for address in found), found


def test_theme_button_turns_the_paper_over(page: Page) -> None:
    seen = {}
    for _ in range(3):
        page.locator(".theme-switch-button").click()
        theme = page.locator("html").get_attribute("data-theme")
        seen[theme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert seen == {"light": "rgb(255, 253, 249)", "dark": "rgb(26, 24, 21)"}


def test_skip_link_leads_into_the_text(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_tab_order_reaches_search_then_chapters_then_text(page: Page) -> None:
    places = [".search-button__button", "nav.bd-links", ".theme-switch-button", "article"]
    describe = """places => { const e = document.activeElement, box = e.getBoundingClientRect();
      const seen = box.width > 0 && box.height > 0 && getComputedStyle(e).outlineStyle !== "none";
      return [places.find(s => e.closest(s)) ?? "", seen]; }"""
    steps = []
    for _ in range(40):
        page.keyboard.press("Tab")
        steps.append(page.evaluate(describe, places))
        if steps[-1][0] == "article":
            break
    order = list(dict.fromkeys(place for place, _ in steps if place))
    assert order == places
    assert all(visible for place, visible in steps if place)


def test_policy_stops_a_script_that_was_not_built_in(page: Page) -> None:
    intrude = """() => { const s = document.createElement("script"); s.textContent = "window.intruder = 1";
      document.head.append(s); return window.intruder ?? null; }"""
    assert page.evaluate(intrude) is None
    assert page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'stopped')") == "stopped"


def test_printing_shows_the_text_alone_and_unfolded(page: Page, server: Server) -> None:
    page.goto(server.address + CHAPTERS[1])
    page.emulate_media(media="print")
    frame = page.locator(".bd-sidebar-primary, .bd-header-article, .prev-next-footer, .bd-footer-content, .actions")
    assert [part.is_visible() for part in frame.all()] == [False] * frame.count()
    folded = page.locator("article details > :not(summary)")
    assert all(part.is_visible() for part in folded.all())
